#include "lpr_sqlite.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
  /* Bytes that are gathered at the most: SQLite's own method for Unix takes less than 128 KiB at once. */
  GATHERED_MAX = 124 * 1024,
};

/* A log whose neighbouring writes are put together. Its table of methods stands first, so that a file of
   these methods leads here; the others are the system's own, which go on working on the same file. */
struct lpr_gathered_log {
  sqlite3_io_methods methods;
  const sqlite3_io_methods *plain;
  bool is_gathering;
  sqlite3_int64 start;          /* where in the file the gathered bytes belong */
  int count;                    /* how many there are */
  unsigned char bytes[GATHERED_MAX];
};

static struct lpr_gathered_log *
log_of (sqlite3_file *file)
{
  return (struct lpr_gathered_log *) file->pMethods;
}

/* Writes what was gathered. What cannot be written is forgotten: the commit that it belongs to fails. */
static int
flush (sqlite3_file *file)
{
  struct lpr_gathered_log *log = log_of (file);
  const int count = log->count;
  if (0 == count)
    return SQLITE_OK;
  log->count = 0;
  return log->plain->xWrite (file, log->bytes, count, log->start);
}

static int
gathered_write (sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
  struct lpr_gathered_log *log = log_of (file);
  const bool is_next = offset == log->start + log->count && count <= GATHERED_MAX - log->count;
  if (0 == log->count || !is_next)
  {
    const int code = flush (file);
    if (SQLITE_OK != code)
      return code;
    if (!log->is_gathering || count > GATHERED_MAX)
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

/* What a commit has gathered it has synced, so that nothing that is left belongs to one. */
static int
gathered_close (sqlite3_file *file)
{
  struct lpr_gathered_log *log = log_of (file);
  file->pMethods = log->plain;
  free (log);
  return file->pMethods->xClose (file);
}

/* A connection's answer to a question of one value: a number, or whether it is a text. */
static bool
says (sqlite3 *db, const char *question, int at_least, const char *text)
{
  sqlite3_stmt *statement = NULL;
  bool is_so = false;
  if (SQLITE_OK == sqlite3_prepare_v2 (db, question, -1, &statement, NULL)
      && SQLITE_ROW == sqlite3_step (statement))
  {
    const char *answer = (const char *) sqlite3_column_text (statement, 0);
    is_so = NULL == text ? sqlite3_column_int (statement, 0) >= at_least
                         : NULL != answer && 0 == strcmp (answer, text);
  }
  sqlite3_finalize (statement);
  return is_so;
}

/* Whether a page that is written at a power cut leaves its neighbours alone. Else SQLite writes some of a commit
   behind its sync, and would have to be let do so. */
static bool
is_safe_to_overwrite (sqlite3 *db)
{
  sqlite3_file *file = NULL;
  return SQLITE_OK == sqlite3_file_control (db, "main", SQLITE_FCNTL_FILE_POINTER, &file)
    && NULL != file && NULL != file->pMethods
    && 0 != (file->pMethods->xDeviceCharacteristics (file) & SQLITE_IOCAP_POWERSAFE_OVERWRITE);
}

struct lpr_gathered_log *
lpr_sqlite_gathered_log (sqlite3 *db)
{
  sqlite3_file *file = NULL;
  /* 2 is FULL, 3 EXTRA. */
  if (!says (db, "PRAGMA main.synchronous", 2, NULL) || !says (db, "PRAGMA main.journal_mode", 0, "wal")
      || !is_safe_to_overwrite (db)
      || SQLITE_OK != sqlite3_file_control (db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
      || NULL == file || NULL == file->pMethods)
    return NULL;
  if (&gathered_write == file->pMethods->xWrite)
    return log_of (file);
  struct lpr_gathered_log *log = malloc (sizeof *log);
  if (NULL == log)
    return NULL;
  log->methods = *file->pMethods;
  /* Of a newer SQLite's methods those are kept that this one knows. */
  if (log->methods.iVersion > 3)
    log->methods.iVersion = 3;
  log->plain = file->pMethods;
  log->is_gathering = false;
  log->start = log->count = 0;
  log->methods.xWrite = &gathered_write;
  log->methods.xRead = &gathered_read;
  log->methods.xSync = &gathered_sync;
  log->methods.xTruncate = &gathered_truncate;
  log->methods.xFileSize = &gathered_size;
  log->methods.xClose = &gathered_close;
  file->pMethods = &log->methods;
  return log;
}

void
lpr_gathered_log_begin (struct lpr_gathered_log *log)
{
  log->is_gathering = true;
}

void
lpr_gathered_log_end (struct lpr_gathered_log *log)
{
  log->is_gathering = false;
  log->count = 0;
}
