/* The limit of the disk: writes the pictures that lprserver would keep, with the same durability; with
   --db also the rows that belong to them.

   files --folder DIR --batch N [--each 1] [--threads T] [--db FILE --schema FILE] [--bytes N]
         [--seconds S]
   A batch is written, then the file system is synced once; with --each every file is synced instead.
   While one thread waits for its batch's sync, the others write theirs; a picture counts once it is
   synced and, with --db, its row is committed. Prints JSON: files a second. */
#include "metrics.h"
#include "ledger.h"
#include "pictures.h"
#include "traffic.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { PICTURES = 32, THREADS_MAX = 16 };

/* What all threads share. */
struct run {
  pthread_mutex_t lock;        /* of the ledger and the numbers */
  struct ledger ledger;
  struct traffic_read *reads;
  char camera_names[TRAFFIC_CAMERAS][16];
  char camera_places[TRAFFIC_CAMERAS][64];
  uint8_t *bytes;
  size_t bytes_count;
  int has_rows, each, batch;
  uint64_t taken, kept;
  int64_t end_ns;
};

struct worker {
  struct run *run;
  struct pictures pictures;
  pthread_t thread;
  char (*paths)[48];
};

static void
insert_rows (struct run *run, char (*paths)[48], uint64_t first)
{
  char event_id[32];
  ledger_begin (&run->ledger);
  for (int i = 0; i < run->batch; i++)
  {
    const uint64_t number = first + (uint64_t) i;
    const struct traffic_read *read = &run->reads[number % TRAFFIC_READS];
    snprintf (event_id, sizeof event_id, "%016llx", (unsigned long long) number);
    ledger_insert (&run->ledger, &(struct ledger_read) {
      .camera = run->camera_names[read->camera], .plate = read->plate,
      .confidence = read->confidence, .location = run->camera_places[read->camera],
      .latitude = traffic_latitude (read->camera), .longitude = traffic_longitude (read->camera),
      .picture = paths[i], .event_id = event_id, .received_ms = metrics_wall_milliseconds (),
    });
  }
  ledger_commit (&run->ledger);
}

static void
write_pictures (struct worker *worker, uint64_t first)
{
  const struct run *run = worker->run;
  const int64_t now_ms = metrics_wall_milliseconds ();
  for (int i = 0; i < run->batch; i++)
  {
    const uint64_t picture = (first + (uint64_t) i) % PICTURES;
    pictures_write (&worker->pictures, run->bytes + picture * run->bytes_count, run->bytes_count,
                    run->each, now_ms, worker->paths[i]);
  }
  if (run->each)
    pictures_sync_folder (&worker->pictures);
  else
    pictures_sync_all (&worker->pictures);
}

static void *
work (void *context)
{
  struct worker *worker = context;
  struct run *run = worker->run;
  while (metrics_now () < run->end_ns)
  {
    pthread_mutex_lock (&run->lock);
    const uint64_t first = run->taken;
    run->taken += (uint64_t) run->batch;
    pthread_mutex_unlock (&run->lock);
    write_pictures (worker, first);
    pthread_mutex_lock (&run->lock);
    if (run->has_rows)
      insert_rows (run, worker->paths, first);
    run->kept += (uint64_t) run->batch;
    pthread_mutex_unlock (&run->lock);
  }
  return NULL;
}

static void
prepare (struct run *run, int argc, char **argv)
{
  const char *db = metrics_text (argc, argv, "--db", NULL);
  run->bytes_count = (size_t) metrics_number (argc, argv, "--bytes", 30 * 1024);
  run->bytes = malloc (PICTURES * run->bytes_count);
  run->reads = traffic_draw (1);
  if (NULL == run->bytes || NULL == run->reads)
    metrics_fail ("files: no memory");
  for (int i = 0; i < PICTURES; i++)
    traffic_picture (run->bytes + (size_t) i * run->bytes_count, run->bytes_count, (uint64_t) i);
  for (int i = 0; i < TRAFFIC_CAMERAS; i++)
  {
    traffic_camera_name (i, run->camera_names[i]);
    traffic_camera_place (i, run->camera_places[i]);
  }
  run->each = 0 != metrics_number (argc, argv, "--each", 0);
  run->has_rows = NULL != db;
  if (run->has_rows)
    ledger_open (&run->ledger, db, metrics_text (argc, argv, "--schema", "schema.sql"));
}

static void
start (struct worker *worker, struct run *run, const char *folder, int number)
{
  worker->run = run;
  worker->paths = calloc ((size_t) run->batch, sizeof *worker->paths);
  pictures_open (&worker->pictures, folder);
  worker->pictures.state += (uint64_t) number << 32;     /* names of its own */
  if (NULL == worker->paths || 0 != pthread_create (&worker->thread, NULL, &work, worker))
    metrics_fail ("files: no thread");
}

int
main (int argc, char **argv)
{
  static struct run run = { .lock = PTHREAD_MUTEX_INITIALIZER };
  static struct worker workers[THREADS_MAX];
  const char *folder = metrics_text (argc, argv, "--folder", ".");
  const int threads = (int) metrics_number (argc, argv, "--threads", 1);
  const double seconds = metrics_number (argc, argv, "--seconds", 2);
  run.batch = (int) metrics_number (argc, argv, "--batch", 64);
  if (run.batch < 1 || run.batch > 4096 || seconds > 60 || threads < 1 || threads > THREADS_MAX)
    metrics_fail ("files: --batch from 1 to 4096, --seconds up to 60, --threads up to %d", THREADS_MAX);
  prepare (&run, argc, argv);
  const int64_t begun = metrics_now ();
  run.end_ns = begun + (int64_t) (seconds * 1e9);
  for (int i = 0; i < threads; i++)
    start (&workers[i], &run, folder, i);
  for (int i = 0; i < threads; i++)
    pthread_join (workers[i].thread, NULL);
  const double elapsed = (double) (metrics_now () - begun) / 1e9;
  printf ("{\"rate\":%.1f,\"files\":%llu,\"batch\":%d,\"threads\":%d,\"cpu_share\":%.3f}\n",
          (double) run.kept / elapsed, (unsigned long long) run.kept, run.batch, threads,
          metrics_cpu_seconds () / elapsed);
  if (run.has_rows)
    ledger_close (&run.ledger);
  for (int i = 0; i < threads; i++)
    free (workers[i].paths);
  free (run.bytes);
  free (run.reads);
  return 0;
}
