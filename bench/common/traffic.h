/* The reads that every program of the bench sends or inserts: the same cameras, plates and places,
   drawn from the same seed. */
#ifndef BENCH_TRAFFIC_H
#define BENCH_TRAFFIC_H

#include <stddef.h>
#include <stdint.h>

enum {
  TRAFFIC_CAMERAS = 50,
  /* A town's cars; how often each is seen follows Zipf's law with exponent 1. */
  TRAFFIC_PLATES = 100000,
  /* Reads that are drawn in advance; senders go round in them. */
  TRAFFIC_READS = 65536,
};

struct traffic_read {
  int camera;             /* 0 … TRAFFIC_CAMERAS − 1 */
  char plate[40];         /* UTF-8, as a camera spells it: "1กข 1234" */
  double confidence;      /* 0.60 … 1.00 */
};

/* How often each of `count` cars is seen: Zipf's law with exponent 1, summed up. */
struct traffic_law {
  int count;
  double *cumulative;
};

/* The law of a town; `cumulative` is NULL where there is no memory. */
struct traffic_law traffic_law_make (int count);

/* The rank of the next car, 0 … count − 1, 0 the most frequent. */
int traffic_car (const struct traffic_law *law, uint64_t *state);

/* The plate of a car: an optional digit, two Thai consonants, up to four digits. */
void traffic_plate (int car, char text[40]);

/* Draws TRAFFIC_READS reads; NULL where there is no memory. */
struct traffic_read *traffic_draw (uint64_t seed);

/* The camera's name, place and position. */
void traffic_camera_name (int camera, char name[16]);
void traffic_camera_place (int camera, char place[64]);
double traffic_latitude (int camera);
double traffic_longitude (int camera);

/* Fills a buffer with bytes that begin and end like a JPEG and do not compress. */
void traffic_picture (uint8_t *bytes, size_t count, uint64_t seed);

/* The next number of a generator (splitmix64). */
uint64_t traffic_next (uint64_t *state);

#endif
