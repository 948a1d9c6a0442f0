#include "body.h"

#include <stdlib.h>
#include <string.h>

/* Copies a text field without escapes; 0, or −1 where it is not there or too long. */
static int
text (const char *json, const char *name, char *value, size_t capacity)
{
  value[0] = 0;
  const char *start = strstr (json, name);
  if (NULL == start)
    return -1;
  start += strlen (name);
  const char *end = strchr (start, '"');
  if (NULL == end || (size_t) (end - start) >= capacity)
    return -1;
  memcpy (value, start, (size_t) (end - start));
  value[end - start] = 0;
  return 0;
}

static double
number (const char *json, const char *name)
{
  const char *start = strstr (json, name);
  return NULL == start ? 0 : strtod (start + strlen (name), NULL);
}

static int
value_of (char digit)
{
  if (digit >= 'A' && digit <= 'Z')
    return digit - 'A';
  if (digit >= 'a' && digit <= 'z')
    return digit - 'a' + 26;
  if (digit >= '0' && digit <= '9')
    return digit - '0' + 52;
  return '+' == digit ? 62 : '/' == digit ? 63 : -1;
}

static int
picture (const char *json, struct body *body)
{
  static int8_t values[256];
  static const char name[] = "\"image_data\":\"";
  body->picture = NULL;
  body->picture_count = 0;
  const char *digit = strstr (json, name);
  if (NULL == digit)
    return 0;
  if (0 == values[0])
    for (int i = 0; i < 256; i++)
      values[i] = (int8_t) value_of ((char) i);
  digit += sizeof name - 1;
  body->picture = malloc (strlen (digit) / 4 * 3 + 3);
  uint32_t group = 0;
  for (int count = 0; NULL != body->picture && values[(uint8_t) *digit] >= 0; digit++)
  {
    group = group << 6 | (uint32_t) values[(uint8_t) *digit];
    if (4 != ++count)
      continue;
    body->picture[body->picture_count++] = (uint8_t) (group >> 16);
    body->picture[body->picture_count++] = (uint8_t) (group >> 8);
    body->picture[body->picture_count++] = (uint8_t) group;
    count = 0;
  }
  return body->picture_count > 3 && 0xFF == body->picture[0] ? 0 : -1;
}

int
body_parse (const char *json, struct body *body)
{
  if (0 != text (json, "\"camera_id\":\"", body->camera, sizeof body->camera)
      || 0 != text (json, "\"plate_number\":\"", body->plate, sizeof body->plate))
    return -1;
  (void) text (json, "\"location\":\"", body->location, sizeof body->location);
  (void) text (json, "\"event_id\":\"", body->event_id, sizeof body->event_id);
  body->confidence = number (json, "\"confidence\":");
  body->latitude = number (json, "\"location_lat\":");
  body->longitude = number (json, "\"location_lon\":");
  return picture (json, body);
}
