#include "names.h"

#include <stdlib.h>
#include <string.h>

struct name {
  char *text;
  int64_t number;
};

/* FNV-1a. */
static uint64_t
hash (const char *text)
{
  uint64_t value = 14695981039346656037ull;
  for (; 0 != *text; text++)
    value = (value ^ (unsigned char) *text) * 1099511628211ull;
  return value;
}

static struct name *
slot_of (const struct names *names, const char *text)
{
  size_t index = hash (text) & (names->capacity - 1);
  while (NULL != names->slots[index].text && 0 != strcmp (names->slots[index].text, text))
    index = (index + 1) & (names->capacity - 1);
  return &names->slots[index];
}

int64_t
names_find (const struct names *names, const char *text)
{
  return 0 == names->count ? 0 : slot_of (names, text)->number;
}

static int
grow (struct names *names)
{
  struct names grown = { .capacity = 0 == names->capacity ? 1024 : names->capacity * 2 };
  grown.slots = calloc (grown.capacity, sizeof *grown.slots);
  if (NULL == grown.slots)
    return -1;
  for (size_t i = 0; i < names->capacity; i++)
    if (NULL != names->slots[i].text)
      *slot_of (&grown, names->slots[i].text) = names->slots[i];
  grown.count = names->count;
  free (names->slots);
  *names = grown;
  return 0;
}

int
names_add (struct names *names, const char *text, int64_t number)
{
  if (names->count * 2 >= names->capacity && 0 != grow (names))
    return -1;
  char *copy = strdup (text);
  if (NULL == copy)
    return -1;
  *slot_of (names, text) = (struct name) { .text = copy, .number = number };
  names->count++;
  return 0;
}

void
names_free (struct names *names)
{
  for (size_t i = 0; i < names->capacity; i++)
    free (names->slots[i].text);
  free (names->slots);
  *names = (struct names) { 0 };
}
