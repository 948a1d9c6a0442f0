#include "traffic.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t
traffic_next (uint64_t *state)
{
  uint64_t z = (*state += 0x9E3779B97F4A7C15ull);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

static double
unit (uint64_t *state)
{
  return (double) (traffic_next (state) >> 11) / 9007199254740992.0;
}

void
traffic_plate (int car, char text[40])
{
  static const char *const letters[] = {
    "ก", "ข", "ค", "ฆ", "ง", "จ", "ฉ", "ช", "ฌ", "ญ", "ฎ", "ฐ", "ฒ", "ณ", "ด", "ต", "ถ", "ท",
    "ธ", "น", "บ", "ผ", "พ", "ฟ", "ภ", "ม", "ย", "ร", "ล", "ว", "ศ", "ษ", "ส", "ห", "ฬ", "อ", "ฮ",
  };
  const size_t count = sizeof letters / sizeof *letters;
  uint64_t state = (uint64_t) car * 2654435761u + 17;
  const unsigned digit = (unsigned) (traffic_next (&state) % 10);
  const char *first = letters[traffic_next (&state) % count];
  const char *second = letters[traffic_next (&state) % count];
  const unsigned number = 1 + (unsigned) (traffic_next (&state) % 9999);
  if (0 == digit)
    snprintf (text, 40, "%s%s %u", first, second, number);
  else
    snprintf (text, 40, "%u%s%s %u", digit, first, second, number);
}

struct traffic_law
traffic_law_make (int count)
{
  struct traffic_law law = { count, malloc ((size_t) count * sizeof *law.cumulative) };
  double sum = 0;
  for (int car = 0; NULL != law.cumulative && car < count; car++)
    law.cumulative[car] = sum += 1.0 / (car + 1);
  return law;
}

int
traffic_car (const struct traffic_law *law, uint64_t *state)
{
  const double wanted = unit (state) * law->cumulative[law->count - 1];
  int low = 0;
  int high = law->count - 1;
  while (low < high)
  {
    const int middle = (low + high) / 2;
    if (law->cumulative[middle] < wanted)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

struct traffic_read *
traffic_draw (uint64_t seed)
{
  struct traffic_law law = traffic_law_make (TRAFFIC_PLATES);
  struct traffic_read *reads = calloc (TRAFFIC_READS, sizeof *reads);
  if (NULL == law.cumulative || NULL == reads)
  {
    free (law.cumulative);
    free (reads);
    return NULL;
  }
  for (int i = 0; i < TRAFFIC_READS; i++)
  {
    reads[i].camera = (int) (traffic_next (&seed) % TRAFFIC_CAMERAS);
    traffic_plate (traffic_car (&law, &seed), reads[i].plate);
    reads[i].confidence = round ((0.6 + 0.4 * unit (&seed)) * 1000) / 1000;
  }
  free (law.cumulative);
  return reads;
}

void
traffic_camera_name (int camera, char name[16])
{
  snprintf (name, 16, "CAM%03d", camera + 1);
}

void
traffic_camera_place (int camera, char place[64])
{
  snprintf (place, 64, "ประตู %d", camera + 1);
}

double
traffic_latitude (int camera)
{
  return 13.7000 + camera * 0.001;
}

double
traffic_longitude (int camera)
{
  return 100.5000 + camera * 0.001;
}

void
traffic_picture (uint8_t *bytes, size_t count, uint64_t seed)
{
  static const uint8_t head[] = { 0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0 };
  for (size_t i = 0; i < count; i++)
    bytes[i] = (uint8_t) traffic_next (&seed);
  memcpy (bytes, head, count < sizeof head ? count : sizeof head);
  if (count >= 2)
  {
    bytes[count - 2] = 0xFF;
    bytes[count - 1] = 0xD9;
  }
}
