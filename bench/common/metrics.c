#include "metrics.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

int64_t
metrics_now (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t
metrics_wall_milliseconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_REALTIME, &now);
  return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

double
metrics_cpu_seconds (void)
{
  struct rusage use;
  getrusage (RUSAGE_SELF, &use);
  return (double) (use.ru_utime.tv_sec + use.ru_stime.tv_sec)
         + (double) (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

/* Values below 64 µs have a bucket each; above, 64 buckets for each power of two. */
static unsigned
bucket_of (uint64_t us)
{
  if (us < 64)
    return (unsigned) us;
  const unsigned power = 63 - (unsigned) __builtin_clzll (us);
  const unsigned bucket = (power - 5) * 64 + (unsigned) ((us >> (power - 6)) & 63);
  return bucket < METRICS_BUCKETS ? bucket : METRICS_BUCKETS - 1;
}

static double
middle_of (unsigned bucket)
{
  if (bucket < 64)
    return bucket + 0.5;
  const unsigned power = bucket / 64 + 5;
  const double width = (double) (1ull << (power - 6));
  return (double) (1ull << power) + width * (bucket % 64 + 0.5);
}

void
metrics_add (struct metrics_latency *latency, int64_t ns)
{
  latency->buckets[bucket_of (ns < 0 ? 0 : (uint64_t) ns / 1000)]++;
  latency->count++;
  if (ns > latency->max_ns)
    latency->max_ns = ns;
}

double
metrics_percentile (const struct metrics_latency *latency, double share)
{
  if (0 == latency->count)
    return 0;
  const uint64_t wanted = (uint64_t) (share * (double) (latency->count - 1)) + 1;
  uint64_t seen = 0;
  for (unsigned bucket = 0; bucket < METRICS_BUCKETS; bucket++)
  {
    seen += latency->buckets[bucket];
    if (seen >= wanted)
      return middle_of (bucket) / 1000;
  }
  return (double) latency->max_ns / 1e6;
}

void
metrics_fail (const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  vfprintf (stderr, format, arguments);
  va_end (arguments);
  fputc ('\n', stderr);
  exit (1);
}

const char *
metrics_text (int argc, char **argv, const char *name, const char *otherwise)
{
  for (int i = 1; i + 1 < argc; i++)
    if (0 == strcmp (argv[i], name))
      return argv[i + 1];
  return otherwise;
}

double
metrics_number (int argc, char **argv, const char *name, double otherwise)
{
  const char *text = metrics_text (argc, argv, name, NULL);
  if (NULL == text)
    return otherwise;
  char *end;
  const double number = strtod (text, &end);
  if (end == text || 0 != *end)
    metrics_fail ("%s needs a number, not \"%s\"", name, text);
  return number;
}
