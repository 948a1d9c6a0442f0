#include "ledger.h"
#include "metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
check (struct ledger *ledger, int result)
{
  if (SQLITE_OK != result && SQLITE_DONE != result && SQLITE_ROW != result)
    metrics_fail ("SQLite: %s", sqlite3_errmsg (ledger->db));
}

static sqlite3_stmt *
prepare (struct ledger *ledger, const char *sql)
{
  sqlite3_stmt *statement;
  check (ledger, sqlite3_prepare_v3 (ledger->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                                     NULL));
  return statement;
}

static void
execute (struct ledger *ledger, const char *sql)
{
  check (ledger, sqlite3_exec (ledger->db, sql, NULL, NULL, NULL));
}

/* Steps a statement that gives no row, and makes it ready for the next time. */
static void
run (struct ledger *ledger, sqlite3_stmt *statement)
{
  check (ledger, sqlite3_step (statement));
  check (ledger, sqlite3_reset (statement));
}

static char *
read_file (const char *path)
{
  FILE *file = fopen (path, "rb");
  char *text = calloc (1, 65536);
  if (NULL == file || NULL == text || 0 == fread (text, 1, 65535, file))
    metrics_fail ("cannot read the tables from %s", path);
  fclose (file);
  return text;
}

static void
prepare_all (struct ledger *ledger)
{
  ledger->insert_camera = prepare (
    ledger, "INSERT INTO cameras (name, connected, first_heard, last_heard) VALUES (?1, 1, ?2, ?2)");
  ledger->insert_plate =
    prepare (ledger, "INSERT INTO plates (number, province, text) VALUES (?1, 0, ?2)");
  ledger->insert_record = prepare (
    ledger,
    "INSERT OR IGNORE INTO records (camera, plate, seen, delay, hit, confidence, place, event_id,"
    " picture, percent, claimed, spelling, details)"
    " VALUES (?, ?, ?, 0, 0, ?, ?, ?, ?, ?, NULL, NULL, NULL)");
  ledger->insert_place = prepare (
    ledger, "INSERT INTO places (camera, text, latitude, longitude) VALUES (?, ?, ?, ?)");
  ledger->find_record =
    prepare (ledger, "SELECT id FROM records WHERE camera = ?1 AND event_id = ?2");
  ledger->insert_event = prepare (
    ledger, "INSERT INTO events (kind, at, camera, subject, data) VALUES (1, ?, ?, ?, NULL)");
  ledger->count_hour = prepare (
    ledger, "INSERT INTO hours (day, hour, camera, reads, hits) VALUES (?, ?, ?, ?, 0)"
            " ON CONFLICT DO UPDATE SET reads = reads + excluded.reads");
  ledger->count_day = prepare (
    ledger, "INSERT INTO days (day, reads, hits) VALUES (?, ?, 0)"
            " ON CONFLICT DO UPDATE SET reads = reads + excluded.reads");
  ledger->count_camera = prepare (
    ledger, "UPDATE cameras SET reads = reads + ?2, last_heard = MAX(last_heard, ?3),"
            " last_read = MAX(COALESCE(last_read, 0), ?3) WHERE id = ?1");
  ledger->begin = prepare (ledger, "BEGIN IMMEDIATE");
  ledger->commit = prepare (ledger, "COMMIT");
}

void
ledger_open (struct ledger *ledger, const char *path, const char *schema_path)
{
  *ledger = (struct ledger) { 0 };
  check (ledger, sqlite3_open (path, &ledger->db));
  execute (ledger, "PRAGMA journal_mode = WAL");
  execute (ledger, "PRAGMA synchronous = FULL");
  execute (ledger, "PRAGMA cache_size = -16384");
  char *schema = read_file (schema_path);
  execute (ledger, schema);
  free (schema);
  prepare_all (ledger);
}

void
ledger_begin (struct ledger *ledger)
{
  run (ledger, ledger->begin);
}

static int64_t
camera_number (struct ledger *ledger, const struct ledger_read *read)
{
  int64_t number = names_find (&ledger->cameras, read->camera);
  if (0 != number)
    return number;
  sqlite3_bind_text (ledger->insert_camera, 1, read->camera, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (ledger->insert_camera, 2, read->received_ms);
  run (ledger, ledger->insert_camera);
  number = sqlite3_last_insert_rowid (ledger->db);
  if (number >= LEDGER_CAMERAS_MAX || 0 != names_add (&ledger->cameras, read->camera, number))
    metrics_fail ("more than %d cameras", LEDGER_CAMERAS_MAX);
  return number;
}

/* What is compared: no blanks, no hyphens. */
static void
normalize (const char *plate, char number[64])
{
  size_t used = 0;
  for (; 0 != *plate && used + 1 < 64; plate++)
    if (' ' != *plate && '-' != *plate)
      number[used++] = *plate;
  number[used] = 0;
}

static int64_t
plate_number (struct ledger *ledger, const char *plate)
{
  char number[64];
  normalize (plate, number);
  int64_t id = names_find (&ledger->plates, number);
  if (0 != id)
    return id;
  sqlite3_bind_text (ledger->insert_plate, 1, number, -1, SQLITE_STATIC);
  sqlite3_bind_text (ledger->insert_plate, 2, plate, -1, SQLITE_STATIC);
  run (ledger, ledger->insert_plate);
  id = sqlite3_last_insert_rowid (ledger->db);
  if (0 != names_add (&ledger->plates, number, id))
    metrics_fail ("no memory for the plates");
  return id;
}

/* The place of a camera's reads, which is written once. */
static int64_t
place_number (struct ledger *ledger, int64_t camera, const struct ledger_read *read)
{
  if (0 != ledger->camera_places[camera])
    return ledger->camera_places[camera];
  sqlite3_bind_int64 (ledger->insert_place, 1, camera);
  sqlite3_bind_text (ledger->insert_place, 2, read->location, -1, SQLITE_STATIC);
  sqlite3_bind_double (ledger->insert_place, 3, read->latitude);
  sqlite3_bind_double (ledger->insert_place, 4, read->longitude);
  run (ledger, ledger->insert_place);
  return ledger->camera_places[camera] = sqlite3_last_insert_rowid (ledger->db);
}

/* Hexadecimal ids are kept as bytes, as lprserver keeps them; others as text. */
static void
bind_event_id (sqlite3_stmt *statement, int parameter, const char *event_id)
{
  static const char digits[] = "0123456789abcdef";
  uint8_t bytes[16] = { 0 };
  const size_t length = NULL == event_id ? 0 : strlen (event_id);
  size_t known = 0;
  for (; known < length && length <= 2 * sizeof bytes && 0 == length % 2; known++)
  {
    const char *digit = strchr (digits, event_id[known]);
    if (NULL == digit)
      break;
    bytes[known / 2] = (uint8_t) (bytes[known / 2] << 4 | (digit - digits));
  }
  if (NULL != event_id && known == length && known > 0)
    sqlite3_bind_blob (statement, parameter, bytes, (int) (length / 2), SQLITE_TRANSIENT);
  else
    sqlite3_bind_text (statement, parameter, event_id, -1, SQLITE_TRANSIENT);
}

static int64_t
known_record (struct ledger *ledger, int64_t camera, const char *event_id)
{
  sqlite3_bind_int64 (ledger->find_record, 1, camera);
  bind_event_id (ledger->find_record, 2, event_id);
  check (ledger, sqlite3_step (ledger->find_record));
  const int64_t id = sqlite3_column_int64 (ledger->find_record, 0);
  sqlite3_reset (ledger->find_record);
  return id;
}

int64_t
ledger_insert (struct ledger *ledger, const struct ledger_read *read)
{
  const int64_t camera = camera_number (ledger, read);
  sqlite3_stmt *insert = ledger->insert_record;
  sqlite3_bind_int64 (insert, 1, camera);
  sqlite3_bind_int64 (insert, 2, plate_number (ledger, read->plate));
  sqlite3_bind_int64 (insert, 3, read->received_ms);
  sqlite3_bind_double (insert, 4, read->confidence);
  sqlite3_bind_int64 (insert, 5, place_number (ledger, camera, read));
  bind_event_id (insert, 6, read->event_id);
  sqlite3_bind_text (insert, 7, read->picture, -1, SQLITE_STATIC);
  sqlite3_bind_int (insert, 8, (int) (100 * read->confidence + 1e-9));
  run (ledger, insert);
  if (0 == sqlite3_changes (ledger->db))
    return known_record (ledger, camera, read->event_id);
  const int64_t record = sqlite3_last_insert_rowid (ledger->db);
  sqlite3_bind_int64 (ledger->insert_event, 1, read->received_ms);
  sqlite3_bind_int64 (ledger->insert_event, 2, camera);
  sqlite3_bind_int64 (ledger->insert_event, 3, record);
  run (ledger, ledger->insert_event);
  ledger->camera_counts[camera]++;
  ledger->count++;
  ledger->last_received_ms = read->received_ms;
  return record;
}

/* The counters, one row a commit for each that has changed; all reads of a commit count for the hour
   of its last one. */
static void
flush_counters (struct ledger *ledger)
{
  const int64_t hours = ledger->last_received_ms / 3600000;
  for (int camera = 0; camera < LEDGER_CAMERAS_MAX; camera++)
  {
    const int64_t count = ledger->camera_counts[camera];
    if (0 == count)
      continue;
    sqlite3_bind_int64 (ledger->count_hour, 1, hours / 24);
    sqlite3_bind_int64 (ledger->count_hour, 2, hours % 24);
    sqlite3_bind_int64 (ledger->count_hour, 3, camera);
    sqlite3_bind_int64 (ledger->count_hour, 4, count);
    run (ledger, ledger->count_hour);
    sqlite3_bind_int64 (ledger->count_camera, 1, camera);
    sqlite3_bind_int64 (ledger->count_camera, 2, count);
    sqlite3_bind_int64 (ledger->count_camera, 3, ledger->last_received_ms);
    run (ledger, ledger->count_camera);
    ledger->camera_counts[camera] = 0;
  }
  sqlite3_bind_int64 (ledger->count_day, 1, hours / 24);
  sqlite3_bind_int64 (ledger->count_day, 2, ledger->count);
  run (ledger, ledger->count_day);
  ledger->count = 0;
}

void
ledger_commit (struct ledger *ledger)
{
  if (0 != ledger->count)
    flush_counters (ledger);
  run (ledger, ledger->commit);
}

void
ledger_close (struct ledger *ledger)
{
  sqlite3_stmt *statement;
  while (NULL != (statement = sqlite3_next_stmt (ledger->db, NULL)))
    sqlite3_finalize (statement);
  check (ledger, sqlite3_close (ledger->db));
  names_free (&ledger->cameras);
  names_free (&ledger->plates);
}
