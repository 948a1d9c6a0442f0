#include "event_index.h"
#include "database.h"
#include "figures.h"

#include <openssl/sha.h>
#include <string.h>

/* RUN is DedupBuckets.recordsPerNewRun; the others are those of DedupHash, DedupBuckets and DedupBloomFilters. */
enum {
  RUN = 1 << 20,
  BUCKET_BITS = 13,
  BUCKETS = 1 << BUCKET_BITS,
  REST_BITS = 28,
  PLACE_BITS = 20,
  ENTRY_BYTES = 6,
  ENTRIES_MAX = 512, /* of a bucket, which has 128 on average */
  WORDS_PER_BLOCK = 16,
  BITS_PER_EVENT = 4,
  PARTS = 16,
  WORDS = BUCKETS * WORDS_PER_BLOCK,
};

struct run {
  sqlite3 *db;
  sqlite3_stmt *bucket, *part;
  int64_t number;
  char salt[64];
  int counts[BUCKETS];
  uint8_t entries[BUCKETS][ENTRIES_MAX * ENTRY_BYTES];
  uint64_t words[WORDS];
};

/* Salt, camera, a byte 1 for a packed id, the id. */
static uint64_t
hash (const struct run *run, int64_t camera, const uint8_t *id, int length)
{
  uint8_t message[256], digest[SHA256_DIGEST_LENGTH];
  size_t used = strlen (run->salt);
  memcpy (message, run->salt, used);
  for (int i = 0; i < 8; i++)
    message[used++] = (uint8_t) (camera >> 8 * i);
  message[used++] = 1;
  if (used + (size_t) length > sizeof message)
    figures_fail ("an event id is too long");
  memcpy (message + used, id, (size_t) length);
  SHA256 (message, used + (size_t) length, digest);
  uint64_t first = 0;
  for (int i = 0; i < 8; i++)
    first = first << 8 | digest[i];
  return first >> (64 - BUCKET_BITS - REST_BITS);
}

static void
add (struct run *run, uint64_t value, int64_t record)
{
  const int bucket = (int) (value >> REST_BITS);
  const uint64_t rest = value & ((1 << REST_BITS) - 1);
  const uint64_t entry = rest << PLACE_BITS | (uint64_t) (record % RUN);
  if (ENTRIES_MAX == run->counts[bucket])
    figures_fail ("a bucket of event ids is full");
  uint8_t *bytes = run->entries[bucket] + ENTRY_BYTES * run->counts[bucket]++;
  for (int i = 0; i < ENTRY_BYTES; i++)
    bytes[i] = (uint8_t) (entry >> 8 * i);
  uint64_t bits = rest * 0x9E3779B97F4A7C15u;
  for (int i = 0; i < BITS_PER_EVENT; i++, bits <<= 10)
    run->words[bucket * WORDS_PER_BLOCK + (int) (bits >> 60)] |= (uint64_t) 1 << (bits >> 54 & 63);
}

/* The filter only of a run that is whole. */
static void
end_run (struct run *run, int is_whole)
{
  for (int bucket = 0; bucket < BUCKETS; bucket++)
    if (run->counts[bucket] > 0)
    {
      database_check (run->db, sqlite3_bind_int64 (run->bucket, 1, run->number << BUCKET_BITS | bucket));
      database_check (run->db, sqlite3_bind_blob (run->bucket, 2, run->entries[bucket],
                                         ENTRY_BYTES * run->counts[bucket], SQLITE_STATIC));
      database_run (run->db, run->bucket);
    }
  for (int part = 0; is_whole && part < PARTS; part++)
  {
    uint8_t bytes[WORDS / PARTS * 8];
    for (int i = 0; i < WORDS / PARTS * 8; i++)
      bytes[i] = (uint8_t) (run->words[part * (WORDS / PARTS) + i / 8] >> i % 8 * 8);
    database_check (run->db, sqlite3_bind_int64 (run->part, 1, run->number));
    database_check (run->db, sqlite3_bind_int (run->part, 2, part));
    database_check (run->db, sqlite3_bind_blob (run->part, 3, bytes, sizeof bytes, SQLITE_STATIC));
    database_run (run->db, run->part);
  }
  memset (run->counts, 0, sizeof run->counts);
  memset (run->words, 0, sizeof run->words);
}

void
event_index_fill (sqlite3 *db, int64_t last)
{
  static struct run run;
  run.db = db;
  sqlite3_stmt *salt = database_prepare (db, "SELECT value FROM meta WHERE key = 'dedup_salt'");
  if (SQLITE_ROW != sqlite3_step (salt) || (size_t) sqlite3_column_bytes (salt, 0) >= sizeof run.salt)
    figures_fail ("the database has no salt of event ids");
  strcpy (run.salt, (const char *) sqlite3_column_text (salt, 0));
  sqlite3_finalize (salt);
  run.bucket = database_prepare (db, "INSERT INTO dedup_buckets VALUES (?, ?)");
  run.part = database_prepare (db, "INSERT INTO dedup_filters VALUES (?, ?, ?)");
  sqlite3_stmt *records = database_prepare (db, "SELECT id, camera, event_id FROM records ORDER BY id");
  database_check (db, sqlite3_exec (db, "BEGIN", NULL, NULL, NULL));
  while (SQLITE_ROW == sqlite3_step (records))
  {
    const int64_t record = sqlite3_column_int64 (records, 0);
    if (SQLITE_BLOB != sqlite3_column_type (records, 2))
      figures_fail ("an event id is not packed");
    if (record / RUN != run.number)
      end_run (&run, 1);
    run.number = record / RUN;
    add (&run,
         hash (&run, sqlite3_column_int64 (records, 1), sqlite3_column_blob (records, 2),
               sqlite3_column_bytes (records, 2)),
         record);
  }
  database_check (db, sqlite3_finalize (records));
  end_run (&run, last + 1 == (run.number + 1) * RUN);
  sqlite3_finalize (run.bucket);
  sqlite3_finalize (run.part);
  sqlite3_stmt *mark =
    database_prepare (db, "INSERT OR REPLACE INTO meta (key, value) VALUES ('dedup_cursor', ?1 || ' ' || ?1 || ' 0')");
  database_check (db, sqlite3_bind_int64 (mark, 1, last));
  database_run (db, mark);
  sqlite3_finalize (mark);
  database_check (db, sqlite3_exec (db, "COMMIT", NULL, NULL, NULL));
}
