/* The limit of the disk: writes the pictures that lprserver would keep, with the same durability; with
   --db also the rows that belong to them.

   files --folder DIR --batch N [--each] [--db FILE --schema FILE] [--bytes N] [--seconds S]
   A batch is written, then the file system is synced once; with --each every file is synced instead.
   Prints JSON: files a second. */
#include "figures.h"
#include "ledger.h"
#include "pictures.h"
#include "traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PICTURES = 32 };

struct run {
  struct pictures pictures;
  struct ledger ledger;
  struct traffic_read *reads;
  char camera_names[TRAFFIC_CAMERAS][16];
  char camera_places[TRAFFIC_CAMERAS][64];
  uint8_t *bytes;
  size_t bytes_count;
  int has_rows;
  int each;
  uint64_t number;
};

static void
insert_rows (struct run *run, char (*paths)[48], int count)
{
  char event_id[32];
  ledger_begin (&run->ledger);
  for (int i = 0; i < count; i++)
  {
    const uint64_t number = run->number + (uint64_t) i;
    const struct traffic_read *read = &run->reads[number % TRAFFIC_READS];
    snprintf (event_id, sizeof event_id, "%016llx", (unsigned long long) number);
    ledger_insert (&run->ledger, &(struct ledger_read) {
      .camera = run->camera_names[read->camera], .plate = read->plate,
      .confidence = read->confidence, .location = run->camera_places[read->camera],
      .latitude = traffic_latitude (read->camera), .longitude = traffic_longitude (read->camera),
      .picture = paths[i], .event_id = event_id, .received_ms = figures_wall_milliseconds (),
    });
  }
  ledger_commit (&run->ledger);
}

static void
write_batch (struct run *run, char (*paths)[48], int count)
{
  const int64_t now_ms = figures_wall_milliseconds ();
  for (int i = 0; i < count; i++)
  {
    const uint8_t *bytes = run->bytes + (run->number + (uint64_t) i) % PICTURES * run->bytes_count;
    pictures_write (&run->pictures, bytes, run->bytes_count, run->each, now_ms, paths[i]);
  }
  if (run->each)
    pictures_sync_folder (&run->pictures);
  else
    pictures_sync_all (&run->pictures);
  if (run->has_rows)
    insert_rows (run, paths, count);
  run->number += (uint64_t) count;
}

static void
prepare (struct run *run, int argc, char **argv)
{
  const char *db = figures_text (argc, argv, "--db", NULL);
  run->bytes_count = (size_t) figures_number (argc, argv, "--bytes", 30 * 1024);
  run->bytes = malloc (PICTURES * run->bytes_count);
  run->reads = traffic_draw (1);
  if (NULL == run->bytes || NULL == run->reads)
    figures_fail ("files: no memory");
  for (int i = 0; i < PICTURES; i++)
    traffic_picture (run->bytes + (size_t) i * run->bytes_count, run->bytes_count, (uint64_t) i);
  for (int i = 0; i < TRAFFIC_CAMERAS; i++)
  {
    traffic_camera_name (i, run->camera_names[i]);
    traffic_camera_place (i, run->camera_places[i]);
  }
  for (int i = 1; i < argc; i++)
    run->each |= 0 == strcmp (argv[i], "--each");
  pictures_open (&run->pictures, figures_text (argc, argv, "--folder", "."));
  run->has_rows = NULL != db;
  if (run->has_rows)
    ledger_open (&run->ledger, db, figures_text (argc, argv, "--schema", "schema.sql"));
}

int
main (int argc, char **argv)
{
  static struct run run;
  const int batch = (int) figures_number (argc, argv, "--batch", 64);
  const double seconds = figures_number (argc, argv, "--seconds", 2);
  if (batch < 1 || batch > 4096 || seconds > 60)
    figures_fail ("files: --batch from 1 to 4096, --seconds up to 60");
  char (*paths)[48] = calloc ((size_t) batch, sizeof *paths);
  prepare (&run, argc, argv);
  const int64_t begun = figures_now ();
  int64_t now = begun;
  for (; now < begun + (int64_t) (seconds * 1e9); now = figures_now ())
    write_batch (&run, paths, batch);
  const double elapsed = (double) (now - begun) / 1e9;
  printf ("{\"rate\":%.1f,\"files\":%llu,\"batch\":%d,\"cpu_share\":%.3f}\n",
          (double) run.number / elapsed, (unsigned long long) run.number, batch,
          figures_cpu_seconds () / elapsed);
  if (run.has_rows)
    ledger_close (&run.ledger);
  free (paths);
  free (run.bytes);
  free (run.reads);
  return 0;
}
