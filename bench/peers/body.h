/* The body of one read, parsed as little as will do: the peer is to be fast, not strict. */
#ifndef BENCH_BODY_H
#define BENCH_BODY_H

#include <stddef.h>
#include <stdint.h>

struct body {
  char camera[64], plate[64], location[128], event_id[128];
  double confidence, latitude, longitude;
  uint8_t *picture;         /* decoded, to be freed; NULL without one */
  size_t picture_count;
};

/* Parses JSON that ends with a NUL; 0, or −1 where a field that must be there is not. */
int body_parse (const char *json, struct body *body);

#endif
