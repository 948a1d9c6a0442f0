/* Texts and the numbers of their rows, in memory. */
#ifndef BENCH_NAMES_H
#define BENCH_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct names {
  struct name *slots;
  size_t capacity;      /* a power of two, or 0 */
  size_t count;
};

/* The number of a text; 0 where it is unknown. */
int64_t names_find (const struct names *names, const char *text);

/* Remembers a text that is unknown; returns 0, or -1 where there is no memory. */
int names_add (struct names *names, const char *text, int64_t number);

void names_free (struct names *names);

#endif
