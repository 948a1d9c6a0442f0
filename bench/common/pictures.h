/* Pictures on disk as lprserver keeps them: YYYY/MM/DD/<16 hex digits>.jpg, a batch synced together. */
#ifndef BENCH_PICTURES_H
#define BENCH_PICTURES_H

#include <stddef.h>
#include <stdint.h>

struct pictures {
  char folder[512];
  int fd;
  char day[16];          /* the day whose folder is there */
  uint64_t state;        /* for names */
};

/* Opens the folder, which must be there; ends the program where that fails. */
void pictures_open (struct pictures *pictures, const char *folder);

/* Writes a picture and gives its path below the folder; with `sync` each file is synced. */
void pictures_write (struct pictures *pictures, const uint8_t *bytes, size_t count, int sync,
                     int64_t now_ms, char path[48]);

/* Waits until all that was written would survive a power cut. */
void pictures_sync_all (struct pictures *pictures);

/* Waits until the day's entries would survive a power cut. */
void pictures_sync_folder (struct pictures *pictures);

#endif
