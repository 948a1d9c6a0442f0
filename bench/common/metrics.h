/* Time, latencies and processor use. */
#ifndef BENCH_METRICS_H
#define BENCH_METRICS_H

#include <stdint.h>

/* Nanoseconds of the monotonic clock. */
int64_t metrics_now (void);

/* Milliseconds since 1970. */
int64_t metrics_wall_milliseconds (void);

/* Seconds of processor time that this process has used. */
double metrics_cpu_seconds (void);

enum { METRICS_BUCKETS = 64 * 40 };

/* Latencies in buckets whose width is 1/64 of their value: percentiles within 1.6 %. */
struct metrics_latency {
  uint64_t buckets[METRICS_BUCKETS];
  uint64_t count;
  int64_t max_ns;
};

void metrics_add (struct metrics_latency *latency, int64_t ns);

/* The latency in ms that a share (0 … 1) stays at or below; 0 where there is none. */
double metrics_percentile (const struct metrics_latency *latency, double share);

/* Says what is wrong and ends the program with status 1. */
void metrics_fail (const char *format, ...) __attribute__ ((format (printf, 1, 2), noreturn));

/* The value of `--name value` among the arguments, or a default. */
const char *metrics_text (int argc, char **argv, const char *name, const char *otherwise);
double metrics_number (int argc, char **argv, const char *name, double otherwise);

#endif
