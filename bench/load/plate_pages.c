#include "plate_pages.h"
#include "database.h"
#include "figures.h"
#include "traffic.h"

#include <stdlib.h>
#include <string.h>

/* FREQUENT_FROM is Limits.recordsPerFrequentPlate. */
enum { PER_PAGE = 500, NUMBERS_MAX = PER_PAGE * 64, FREQUENT_FROM = 10000 };

struct page {
  sqlite3 *db;
  sqlite3_stmt *numbers, *reads;
  int64_t number;
  size_t used;
  int count;
  uint8_t bytes[NUMBERS_MAX];
  uint8_t counts[4 * PER_PAGE];
};

static void
write_blob (struct page *page, sqlite3_stmt *statement, const uint8_t *bytes, size_t count)
{
  sqlite3_bind_int64 (statement, 1, page->number);
  sqlite3_bind_blob (statement, 2, bytes, (int) count, SQLITE_STATIC);
  database_run (page->db, statement);
}

static void
end_page (struct page *page)
{
  if (page->count > 0)
  {
    write_blob (page, page->numbers, page->bytes, page->used);
    write_blob (page, page->reads, page->counts, 4 * (size_t) page->count);
  }
  page->number++;
  page->used = 0;
  page->count = 0;
}

/* A byte for the province (1 = none), the number, a byte 0; nothing but these two for an id without a plate. */
static void
add (struct page *page, int province, const char *number, uint32_t reads)
{
  const size_t length = strlen (number);
  if (PER_PAGE == page->count)
    end_page (page);
  if (page->used + length + 2 > sizeof page->bytes)
    figures_fail ("a page of plates is too long");
  page->bytes[page->used++] = (uint8_t) (province + 1);
  memcpy (page->bytes + page->used, number, length + 1);
  page->used += length + 1;
  for (int i = 0; i < 4; i++)
    page->counts[4 * page->count + i] = (uint8_t) (reads >> 8 * i);
  page->count++;
}

int64_t
plate_pages_fill (sqlite3 *db, const uint32_t *reads)
{
  struct page *page = calloc (1, sizeof *page);
  sqlite3_stmt *plates;
  int64_t last = 0;
  if (NULL == page)
    figures_fail ("no memory");
  page->db = db;
  database_check (db, sqlite3_prepare_v2 (db, "INSERT INTO plate_numbers VALUES (?, ?)", -1, &page->numbers, NULL));
  database_check (db, sqlite3_prepare_v2 (db, "INSERT INTO plate_reads VALUES (?, ?)", -1, &page->reads, NULL));
  database_check (db, sqlite3_prepare_v2 (db, "SELECT id, province, number FROM plates ORDER BY id", -1, &plates, NULL));
  while (SQLITE_ROW == sqlite3_step (plates))
  {
    const int64_t id = sqlite3_column_int64 (plates, 0);
    while (++last < id)
      add (page, 0, "", 0);
    add (page, sqlite3_column_int (plates, 1), (const char *) sqlite3_column_text (plates, 2), reads[id]);
  }
  end_page (page);
  sqlite3_finalize (plates);
  sqlite3_finalize (page->numbers);
  sqlite3_finalize (page->reads);
  free (page);
  return last;
}

void
plate_cameras_fill (sqlite3 *db, const uint32_t *reads, int plates)
{
  sqlite3_stmt *count, *insert;
  database_check (db, sqlite3_prepare_v2 (db, "SELECT camera, COUNT(*) FROM plate_records"
                                     " WHERE plate = ? GROUP BY camera", -1, &count, NULL));
  database_check (db, sqlite3_prepare_v2 (db, "INSERT INTO heavy_hitters VALUES (?, ?)", -1, &insert, NULL));
  for (int plate = 1; plate <= plates; plate++)
  {
    /* By the camera's number, which begins with 1. */
    uint8_t counts[4 * (TRAFFIC_CAMERAS + 1)] = { 0 };
    if (reads[plate] < FREQUENT_FROM)
      continue;
    sqlite3_bind_int (count, 1, plate);
    while (SQLITE_ROW == sqlite3_step (count))
      for (int i = 0; i < 4; i++)
        counts[4 * sqlite3_column_int (count, 0) + i] =
          (uint8_t) (sqlite3_column_int64 (count, 1) >> 8 * i);
    database_check (db, sqlite3_reset (count));
    sqlite3_bind_int (insert, 1, plate);
    sqlite3_bind_blob (insert, 2, counts, sizeof counts, SQLITE_STATIC);
    database_run (db, insert);
  }
  sqlite3_finalize (count);
  sqlite3_finalize (insert);
}
