/* Fills a database that lprserver has made with two years of a town's traffic: plain rows, of which `lprserver reindex`
   makes counters and indexes.

   fill --db FILE [--records N] [--days N] [--end MS] [--utc-offset-minutes M] [--seed K]

   Reads come by the hour of the day as traffic does, plates by Zipf's law, most plates with a province;
   a few plates are on the blacklist and have their hits and alerts. Nothing else may have the file open.
   Says on stderr how far it is; prints JSON. */
#include "database.h"
#include "metrics.h"
#include "traffic.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  PLATES = 500000,
  LISTED = 60,            /* plates on the blacklist … */
  LISTED_FROM = 2000,     /* … from this rank on */
  HOURS = 24,
  HOUR_MS = 3600000,
};

/* Which share of a day's traffic each hour has, in thousandths: two rush hours, quiet nights. */
static const int hour_weights[HOURS] = { 8,  5,  4,  4,  8,  22, 55, 80, 72, 50, 45, 46,
                                         52, 48, 46, 50, 62, 82, 76, 60, 46, 35, 25, 19 };

struct province {
  int code;
  const char *name;
};

static const struct province provinces[] = {
  { 1, "กรุงเทพมหานคร" }, { 9, "ชลบุรี" }, { 6, "ขอนแก่น" }, { 3, "กาญจนบุรี" }, { 0, "" },
};

enum { PROVINCES = sizeof provinces / sizeof *provinces };

struct fill {
  sqlite3 *db;
  sqlite3_stmt *record, *alert;
  int days, first_day;
  int64_t utc_offset_ms, hits;
  uint64_t seed;
  uint8_t *is_seen;               /* [plate] */
  struct traffic_law law;
  int64_t camera_last[TRAFFIC_CAMERAS];
};

static void
execute (struct fill *fill, const char *sql)
{
  database_check (fill->db, sqlite3_exec (fill->db, sql, NULL, NULL, NULL));
}

static void
insert_cameras (struct fill *fill, int64_t begin_ms)
{
  sqlite3_stmt *camera = database_prepare (
    fill->db, "INSERT INTO cameras (id, name, location, latitude, longitude, connected, first_heard,"
          " last_heard) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?6)");
  sqlite3_stmt *place = database_prepare (
    fill->db, "INSERT INTO places (id, camera, text, latitude, longitude) VALUES (?1, ?1, ?2, ?3, ?4)");
  for (int i = 0; i < TRAFFIC_CAMERAS; i++)
  {
    char name[16], where[64];
    traffic_camera_name (i, name);
    traffic_camera_place (i, where);
    sqlite3_bind_int (camera, 1, i + 1);
    sqlite3_bind_text (camera, 2, name, -1, SQLITE_STATIC);
    sqlite3_bind_text (camera, 3, where, -1, SQLITE_STATIC);
    sqlite3_bind_double (camera, 4, traffic_latitude (i));
    sqlite3_bind_double (camera, 5, traffic_longitude (i));
    sqlite3_bind_int64 (camera, 6, begin_ms);
    database_run (fill->db, camera);
    sqlite3_bind_int (place, 1, i + 1);
    sqlite3_bind_text (place, 2, where, -1, SQLITE_STATIC);
    sqlite3_bind_double (place, 3, traffic_latitude (i));
    sqlite3_bind_double (place, 4, traffic_longitude (i));
    database_run (fill->db, place);
  }
  sqlite3_finalize (camera);
  sqlite3_finalize (place);
}

/* The number of a plate without its blank, and its province by the car's own dice. */
static const struct province *
spell (int car, char number[64], char text[128])
{
  char plate[40];
  traffic_plate (car, plate);
  size_t used = 0;
  for (const char *each = plate; 0 != *each; each++)
    if (' ' != *each)
      number[used++] = *each;
  number[used] = 0;
  uint64_t dice = (uint64_t) car + 99;
  const unsigned percent = (unsigned) (traffic_next (&dice) % 100);
  const struct province *province =
    &provinces[percent < 55 ? 0 : percent < 70 ? 1 : percent < 80 ? 2 : percent < 85 ? 3 : 4];
  snprintf (text, 128, 0 == province->code ? "%s%s" : "%s %s", plate, province->name);
  return province;
}

/* All plates that were read, each under its rank; cars that happen to bear the same are one. */
static void
insert_plates (struct fill *fill, int32_t *ids)
{
  sqlite3_stmt *plate = database_prepare (
    fill->db, "INSERT OR IGNORE INTO plates (id, number, province, text) VALUES (?1, ?2, ?3, ?4)");
  sqlite3_stmt *find =
    database_prepare (fill->db, "SELECT id FROM plates WHERE number = ?1 AND province = ?2");
  for (int car = 0; car < PLATES; car++)
  {
    char number[64], text[128];
    const struct province *province = spell (car, number, text);
    sqlite3_bind_int (plate, 1, car + 1);
    sqlite3_bind_text (plate, 2, number, -1, SQLITE_STATIC);
    sqlite3_bind_int (plate, 3, province->code);
    sqlite3_bind_text (plate, 4, text, -1, SQLITE_STATIC);
    database_run (fill->db, plate);
    ids[car] = car + 1;
    if (0 != sqlite3_changes (fill->db))
      continue;
    sqlite3_bind_text (find, 1, number, -1, SQLITE_STATIC);
    sqlite3_bind_int (find, 2, province->code);
    database_check (fill->db, sqlite3_step (find));
    ids[car] = sqlite3_column_int (find, 0);
    sqlite3_reset (find);
  }
  sqlite3_finalize (plate);
  sqlite3_finalize (find);
}

static void
insert_blacklist (struct fill *fill, int64_t begin_ms)
{
  sqlite3_stmt *entry = database_prepare (
    fill->db, "INSERT INTO blacklist (id, text, number, province, reason, added_by, active, created,"
          " updated) SELECT ?1, text, number, province, 'รถหาย', 'bench', 1, ?3, ?3 FROM plates"
          " WHERE id = ?2");
  for (int i = 0; i < LISTED; i++)
  {
    sqlite3_bind_int (entry, 1, i + 1);
    sqlite3_bind_int (entry, 2, LISTED_FROM + i + 1);
    sqlite3_bind_int64 (entry, 3, begin_ms);
    database_run (fill->db, entry);
  }
  sqlite3_finalize (entry);
}

static void
insert_alert (struct fill *fill, int64_t record, int32_t plate, int64_t seen)
{
  sqlite3_bind_int64 (fill->alert, 1, record);
  sqlite3_bind_int64 (fill->alert, 2, plate - LISTED_FROM);
  sqlite3_bind_int64 (fill->alert, 3, seen);
  database_run (fill->db, fill->alert);
}

static void
insert_record (struct fill *fill, int64_t id, int64_t seen, const int32_t *ids)
{
  const uint64_t dice = traffic_next (&fill->seed);
  /* Some gates see more than others: the first ones four times as much as the last ones. */
  int camera = (int) (dice % TRAFFIC_CAMERAS);
  if ((dice >> 32) % 100 < 60)
    camera = camera * camera / TRAFFIC_CAMERAS;
  const int32_t plate = ids[traffic_car (&fill->law, &fill->seed)];
  const int is_hit = plate > LISTED_FROM && plate <= LISTED_FROM + LISTED;
  const uint64_t event_id = traffic_next (&fill->seed);
  uint8_t event_bytes[8];
  for (int i = 0; i < 8; i++)
    event_bytes[i] = (uint8_t) (event_id >> 8 * i);
  sqlite3_bind_int64 (fill->record, 1, id);
  sqlite3_bind_int (fill->record, 2, camera + 1);
  sqlite3_bind_int (fill->record, 3, plate);
  sqlite3_bind_int64 (fill->record, 4, seen);
  sqlite3_bind_int (fill->record, 5, 40 + (int) ((dice >> 40) % 400));
  sqlite3_bind_int (fill->record, 6, is_hit);
  const int permille = 600 + (int) ((dice >> 16) % 401);
  sqlite3_bind_double (fill->record, 7, permille / 1000.0);
  sqlite3_bind_int (fill->record, 8, camera + 1);
  sqlite3_bind_blob (fill->record, 9, event_bytes, 8, SQLITE_STATIC);
  sqlite3_bind_int (fill->record, 10, permille / 10);
  database_run (fill->db, fill->record);
  if (is_hit)
    insert_alert (fill, id, plate, seen);
  fill->hits += is_hit;
  fill->camera_last[camera] = seen;
  fill->is_seen[plate] = 1;
}

static void
insert_records (struct fill *fill, int64_t count, const int32_t *ids)
{
  const int64_t hours = (int64_t) fill->days * HOURS;
  int64_t id = 0;
  int percent = 0;
  double due = 0;
  int total = 0;
  for (int i = 0; i < HOURS; i++)
    total += hour_weights[i];
  for (int64_t hour = 0; hour < hours; hour++)
  {
    const double share = (double) hour_weights[hour % HOURS] / total / fill->days;
    due += share * (double) count;
    const int64_t upto = hour + 1 == hours ? count : (int64_t) due;
    const int64_t begin = ((int64_t) fill->first_day * HOURS + hour) * HOUR_MS - fill->utc_offset_ms;
    const int64_t first = id, wanted = upto - id;
    for (; id < upto; id++)
      insert_record (fill, id + 1, begin + (id - first) * HOUR_MS / wanted, ids);
    if (id * 100 / count >= percent + 10)
      fprintf (stderr, "fill: %d %% of the records\n", percent += 10);
  }
}

static void
note_last_reads (struct fill *fill)
{
  sqlite3_stmt *last =
    database_prepare (fill->db, "UPDATE cameras SET last_read = ?2, last_heard = MAX(last_heard, ?2) WHERE id = ?1");
  for (int camera = 0; camera < TRAFFIC_CAMERAS; camera++)
  {
    sqlite3_bind_int (last, 1, camera + 1);
    sqlite3_bind_int64 (last, 2, fill->camera_last[camera]);
    if (0 != fill->camera_last[camera])
      database_run (fill->db, last);
  }
  sqlite3_finalize (last);
}

/* Plates that no read showed are no plates of this database. */
static void
delete_unseen_plates (struct fill *fill)
{
  sqlite3_stmt *plate = database_prepare (fill->db, "DELETE FROM plates WHERE id = ?");
  for (int id = 1; id <= PLATES; id++)
    if (0 == fill->is_seen[id])
    {
      sqlite3_bind_int (plate, 1, id);
      database_run (fill->db, plate);
    }
  sqlite3_finalize (plate);
}

static void
fill_all (struct fill *fill, int64_t count, int64_t begin_ms)
{
  int32_t *ids = calloc (PLATES, sizeof *ids);
  if (NULL == ids)
    metrics_fail ("no memory");
  execute (fill, "BEGIN");
  insert_cameras (fill, begin_ms);
  insert_plates (fill, ids);
  insert_blacklist (fill, begin_ms);
  insert_records (fill, count, ids);
  note_last_reads (fill);
  delete_unseen_plates (fill);
  execute (fill, "COMMIT");
  free (ids);
}

int
main (int argc, char **argv)
{
  const char *path = metrics_text (argc, argv, "--db", "lprserver.db");
  const int64_t count = (int64_t) metrics_number (argc, argv, "--records", 10e6);
  const int64_t end_ms =
    (int64_t) metrics_number (argc, argv, "--end", (double) metrics_wall_milliseconds ());
  static struct fill fill;
  fill.days = (int) metrics_number (argc, argv, "--days", 730);
  fill.seed = (uint64_t) metrics_number (argc, argv, "--seed", 1);
  fill.utc_offset_ms = (int64_t) metrics_number (argc, argv, "--utc-offset-minutes", 0) * 60000;
  if (count < 1 || fill.days < 1 || fill.days > 3660)
    metrics_fail ("fill: --records from 1, --days from 1 to 3660");
  const int64_t begun = metrics_now ();
  fill.first_day = (int) ((end_ms + fill.utc_offset_ms) / (HOURS * (int64_t) HOUR_MS)) - fill.days;
  const int64_t begin_ms = fill.first_day * HOURS * (int64_t) HOUR_MS - fill.utc_offset_ms;
  fill.is_seen = calloc (PLATES + 1, sizeof *fill.is_seen);
  fill.law = traffic_law_make (PLATES);
  if (NULL == fill.is_seen || NULL == fill.law.cumulative)
    metrics_fail ("no memory");
  database_check (fill.db, sqlite3_open_v2 (path, &fill.db, SQLITE_OPEN_READWRITE, NULL));
  execute (&fill, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
                  "PRAGMA cache_size = -524288; PRAGMA temp_store = FILE");
  fill.record = database_prepare (
    fill.db, "INSERT INTO records (id, camera, plate, seen, delay, hit, confidence, place, event_id,"
           " percent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  fill.alert = database_prepare (fill.db, "INSERT INTO alerts (record, entry, certain, reason, raised)"
                               " VALUES (?1, ?2, 1, 'รถหาย', ?3)");
  fill_all (&fill, count, begin_ms);
  sqlite3_finalize (fill.record);
  sqlite3_finalize (fill.alert);
  execute (&fill, "PRAGMA journal_mode = WAL");
  database_check (fill.db, sqlite3_close (fill.db));
  printf ("{\"records\":%lld,\"hits\":%lld,\"seconds\":%.1f}\n", (long long) count,
          (long long) fill.hits, (double) (metrics_now () - begun) / 1e9);
  return 0;
}
