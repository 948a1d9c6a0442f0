/* SQLite with lprserver's tables: a batch of reads becomes the rows that lprserver would write, in one
   transaction, with the same durability (WAL, synchronous=FULL).

   The tables are those of a database that lprserver has made, as a file that the harness writes. */
#ifndef BENCH_LEDGER_H
#define BENCH_LEDGER_H

#include "names.h"

#include <sqlite3.h>
#include <stdint.h>

enum { LEDGER_CAMERAS_MAX = 1024 };

/* A read on its way into the database; texts are borrowed. */
struct ledger_read {
  const char *camera;
  const char *plate;        /* as the camera spelt it */
  double confidence;
  const char *location;
  double latitude;
  double longitude;
  const char *picture;      /* path below the pictures' folder, or NULL */
  const char *event_id;     /* or NULL */
  int64_t received_ms;
};

struct ledger {
  sqlite3 *db;
  sqlite3_stmt *insert_camera, *insert_plate, *insert_record, *insert_place, *find_record, *insert_event,
     *count_hour, *count_day, *count_camera, *begin, *commit;
  struct names cameras;
  struct names plates;
  int64_t camera_places[LEDGER_CAMERAS_MAX];   /* 0 where none is known; a camera of the bench stays */
  int64_t camera_counts[LEDGER_CAMERAS_MAX];   /* by the camera's number, since the last commit */
  int64_t count;
  int64_t last_received_ms;
};

/* Opens a new database and makes its tables; ends the program where that fails. */
void ledger_open (struct ledger *ledger, const char *path, const char *schema_path);

/* Each ends the program where SQLite refuses: a bench has nothing to rescue. */
void ledger_begin (struct ledger *ledger);
/* Returns the record's number; the first record's where camera and event_id are known. */
int64_t ledger_insert (struct ledger *ledger, const struct ledger_read *read);
void ledger_commit (struct ledger *ledger);

void ledger_close (struct ledger *ledger);

#endif
