/* The requests that the load generator sends: one read in JSON, or many as NDJSON. */
#ifndef BENCH_REQUESTS_H
#define BENCH_REQUESTS_H

#include "connection.h"

#include <stddef.h>
#include <stdint.h>

enum {
  REQUESTS_PICTURES = 32,
  REQUESTS_LINES_MAX = 200,
  /* Different bodies of many lines; senders go round in them. */
  REQUESTS_BODIES = 256,
};

struct request {
  char *text;       /* one read: head and body up to the event id; many: head and body */
  size_t count;
  size_t first_line;   /* where the body begins */
};

struct requests {
  int port, lines, has_random_ids;
  size_t picture_bytes;
  size_t picture_count;                   /* in base64 */
  char *pictures[REQUESTS_PICTURES];
  struct request *made;
  int made_count;
};

/* Makes all requests in advance; ends the program where there is no memory. More than one line needs
   no pictures. */
void requests_make (struct requests *requests, const char *path);

/* Puts a request into a connection's parts, its reads numbered from `number` on within a series. */
void requests_fill (const struct requests *requests, struct connection *connection, uint64_t series,
                    uint64_t number);

#endif
