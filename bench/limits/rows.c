/* The limit of the database: inserts the rows that lprserver would write, and nothing else.

   rows --db FILE --schema FILE --batch N [--seconds S]
   Prints JSON: rows a second, and how long one commit takes. */
#include "metrics.h"
#include "ledger.h"
#include "traffic.h"

#include <stdio.h>
#include <stdlib.h>

struct camera {
  char name[16];
  char place[64];
};

static void
insert (struct ledger *ledger, const struct traffic_read *read, const struct camera *camera,
        uint64_t number)
{
  char event_id[32];
  snprintf (event_id, sizeof event_id, "%016llx", (unsigned long long) number);
  ledger_insert (ledger, &(struct ledger_read) {
    .camera = camera->name, .plate = read->plate, .confidence = read->confidence,
    .location = camera->place, .latitude = traffic_latitude (read->camera),
    .longitude = traffic_longitude (read->camera), .event_id = event_id,
    .received_ms = metrics_wall_milliseconds (),
  });
}

int
main (int argc, char **argv)
{
  const int batch = (int) metrics_number (argc, argv, "--batch", 256);
  const double seconds = metrics_number (argc, argv, "--seconds", 2);
  struct camera cameras[TRAFFIC_CAMERAS];
  static struct metrics_latency latency;
  struct ledger ledger;
  struct traffic_read *reads = traffic_draw (1);
  if (NULL == reads || batch < 1 || seconds > 60)
    metrics_fail ("rows: --batch from 1, --seconds up to 60");
  for (int i = 0; i < TRAFFIC_CAMERAS; i++)
  {
    traffic_camera_name (i, cameras[i].name);
    traffic_camera_place (i, cameras[i].place);
  }
  ledger_open (&ledger, metrics_text (argc, argv, "--db", "rows.db"),
               metrics_text (argc, argv, "--schema", "schema.sql"));
  const int64_t begun = metrics_now ();
  const int64_t end = begun + (int64_t) (seconds * 1e9);
  uint64_t number = 0;
  int64_t now = begun;
  while (now < end)
  {
    ledger_begin (&ledger);
    for (int i = 0; i < batch; i++, number++)
    {
      const struct traffic_read *read = &reads[number % TRAFFIC_READS];
      insert (&ledger, read, &cameras[read->camera], number);
    }
    ledger_commit (&ledger);
    const int64_t committed = metrics_now ();
    metrics_add (&latency, committed - now);
    now = committed;
  }
  printf ("{\"rate\":%.1f,\"rows\":%llu,\"batch\":%d,\"commit_p50_ms\":%.3f,\"commit_p99_ms\":%.3f,"
          "\"cpu_share\":%.3f}\n",
          (double) number / ((double) (now - begun) / 1e9), (unsigned long long) number, batch,
          metrics_percentile (&latency, 0.5), metrics_percentile (&latency, 0.99),
          metrics_cpu_seconds () / ((double) (now - begun) / 1e9));
  ledger_close (&ledger);
  free (reads);
  return 0;
}
