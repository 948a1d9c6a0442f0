#include "lpr_sqlite.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum {
  /* Bytes that are gathered at the most: SQLite's own method for Unix takes less than 128 KiB at once. */
  GATHERED_MAX = 124 * 1024,
};

/* A log whose neighbouring writes are put together. Its table of methods stands first, so that a file of
   these methods leads here; the others are the system's own, which go on working on the same file. */
struct gathered_log {
  sqlite3_io_methods methods;
  const sqlite3_io_methods *plain;
  sqlite3_int64 start;          /* where in the file the gathered bytes belong */
  int count;                    /* how many there are */
  unsigned char bytes[GATHERED_MAX];
};

static struct gathered_log *
log_of (sqlite3_file *file)
{
  return (struct gathered_log *) file->pMethods;
}

/* Writes what was gathered. What cannot be written is forgotten: SQLite hears of it and undoes the
   transaction that it belongs to. */
static int
flush (sqlite3_file *file)
{
  struct gathered_log *log = log_of (file);
  const int count = log->count;
  if (0 == count)
    return SQLITE_OK;
  log->count = 0;
  return log->plain->xWrite (file, log->bytes, count, log->start);
}

static int
gathered_write (sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
  struct gathered_log *log = log_of (file);
  const int is_next = offset == log->start + log->count && count <= GATHERED_MAX - log->count;
  if (!is_next || 0 == log->count)
  {
    const int code = flush (file);
    if (SQLITE_OK != code)
      return code;
    if (count > GATHERED_MAX)
      return log->plain->xWrite (file, bytes, count, offset);
    log->start = offset;
  }
  memcpy (log->bytes + log->count, bytes, (size_t) count);
  log->count += count;
  return SQLITE_OK;
}

static int
gathered_read (sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset)
{
  const int code = flush (file);
  return SQLITE_OK == code ? log_of (file)->plain->xRead (file, bytes, count, offset) : code;
}

static int
gathered_sync (sqlite3_file *file, int flags)
{
  const int code = flush (file);
  return SQLITE_OK == code ? log_of (file)->plain->xSync (file, flags) : code;
}

static int
gathered_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  const int code = flush (file);
  return SQLITE_OK == code ? log_of (file)->plain->xTruncate (file, size) : code;
}

static int
gathered_size (sqlite3_file *file, sqlite3_int64 *size)
{
  const int code = flush (file);
  return SQLITE_OK == code ? log_of (file)->plain->xFileSize (file, size) : code;
}

static int
gathered_close (sqlite3_file *file)
{
  struct gathered_log *log = log_of (file);
  const int code = flush (file);
  file->pMethods = log->plain;
  free (log);
  const int closed = file->pMethods->xClose (file);
  return SQLITE_OK == code ? closed : code;
}

/* Whether the connection syncs the log at every commit; 2 is FULL, 3 EXTRA. */
static int
syncs_commits (sqlite3 *db)
{
  sqlite3_stmt *statement = NULL;
  const int is_full = SQLITE_OK == sqlite3_prepare_v2 (db, "PRAGMA main.synchronous", -1, &statement, NULL)
    && SQLITE_ROW == sqlite3_step (statement) && sqlite3_column_int (statement, 0) >= 2;
  sqlite3_finalize (statement);
  return is_full;
}

int
lpr_sqlite_gather_log (sqlite3 *db)
{
  sqlite3_file *file = NULL;
  if (!syncs_commits (db))
    return SQLITE_MISUSE;
  const int code = sqlite3_file_control (db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  if (SQLITE_OK != code)
    return code;
  if (NULL == file || NULL == file->pMethods)
    return SQLITE_MISUSE;
  if (&gathered_write == file->pMethods->xWrite)
    return SQLITE_OK;
  struct gathered_log *log = malloc (sizeof *log);
  if (NULL == log)
    return SQLITE_NOMEM;
  log->methods = *file->pMethods;
  /* Of a newer SQLite's methods those are kept that this one knows. */
  if (log->methods.iVersion > 3)
    log->methods.iVersion = 3;
  log->plain = file->pMethods;
  log->start = log->count = 0;
  log->methods.xWrite = &gathered_write;
  log->methods.xRead = &gathered_read;
  log->methods.xSync = &gathered_sync;
  log->methods.xTruncate = &gathered_truncate;
  log->methods.xFileSize = &gathered_size;
  log->methods.xClose = &gathered_close;
  file->pMethods = &log->methods;
  return SQLITE_OK;
}
