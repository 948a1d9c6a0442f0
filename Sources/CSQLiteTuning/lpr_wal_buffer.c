#include "lpr_sqlite.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
  /* The buffer's size: SQLite's Unix VFS writes less than 128 KiB at once. */
  BUFFER_MAX = 124 * 1024,
};

/* A WAL file, as SQLite sees it. The system's own file follows. */
struct lpr_wal_buffer {
  sqlite3_file base;
  bool is_buffering;
  sqlite3_int64 start;          /* where in the file the buffered bytes belong */
  int count;                    /* how many there are */
  unsigned char *bytes;         /* NULL until a connection asks for its buffer */
};

/* The system's own VFS, which does all the work. */
static sqlite3_vfs *plain;
static sqlite3_vfs ours;

static struct lpr_wal_buffer *
buffer_of (sqlite3_file *file)
{
  return (struct lpr_wal_buffer *) file;
}

static sqlite3_file *
file_of (sqlite3_file *file)
{
  return (sqlite3_file *) (buffer_of (file) + 1);
}

/* Writes the buffer. On an error it is discarded: its commit fails. */
static int
flush (sqlite3_file *file)
{
  struct lpr_wal_buffer *buffer = buffer_of (file);
  const int count = buffer->count;
  if (0 == count)
    return SQLITE_OK;
  buffer->count = 0;
  return file_of (file)->pMethods->xWrite (file_of (file), buffer->bytes, count, buffer->start);
}

static int
wal_write (sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
  struct lpr_wal_buffer *buffer = buffer_of (file);
  const bool is_next = offset == buffer->start + buffer->count && count <= BUFFER_MAX - buffer->count;
  if (0 == buffer->count || !is_next)
  {
    const int code = flush (file);
    if (SQLITE_OK != code)
      return code;
    if (!buffer->is_buffering || count > BUFFER_MAX)
      return file_of (file)->pMethods->xWrite (file_of (file), bytes, count, offset);
    buffer->start = offset;
  }
  memcpy (buffer->bytes + buffer->count, bytes, (size_t) count);
  buffer->count += count;
  return SQLITE_OK;
}

static int
wal_read (sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset)
{
  const int code = flush (file);
  return SQLITE_OK == code ? file_of (file)->pMethods->xRead (file_of (file), bytes, count, offset) : code;
}

static int
wal_sync (sqlite3_file *file, int flags)
{
  const int code = flush (file);
  return SQLITE_OK == code ? file_of (file)->pMethods->xSync (file_of (file), flags) : code;
}

static int
wal_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  const int code = flush (file);
  return SQLITE_OK == code ? file_of (file)->pMethods->xTruncate (file_of (file), size) : code;
}

static int
wal_size (sqlite3_file *file, sqlite3_int64 *size)
{
  const int code = flush (file);
  return SQLITE_OK == code ? file_of (file)->pMethods->xFileSize (file_of (file), size) : code;
}

/* A successful commit was written at its end, so that what is left belongs to none. */
static int
wal_close (sqlite3_file *file)
{
  free (buffer_of (file)->bytes);
  buffer_of (file)->bytes = NULL;
  return file_of (file)->pMethods->xClose (file_of (file));
}

static int
wal_lock (sqlite3_file *file, int level)
{
  return file_of (file)->pMethods->xLock (file_of (file), level);
}

static int
wal_unlock (sqlite3_file *file, int level)
{
  return file_of (file)->pMethods->xUnlock (file_of (file), level);
}

static int
wal_check_lock (sqlite3_file *file, int *is_locked)
{
  return file_of (file)->pMethods->xCheckReservedLock (file_of (file), is_locked);
}

static int
wal_control (sqlite3_file *file, int operation, void *argument)
{
  return file_of (file)->pMethods->xFileControl (file_of (file), operation, argument);
}

static int
wal_sector_size (sqlite3_file *file)
{
  return file_of (file)->pMethods->xSectorSize (file_of (file));
}

static int
wal_characteristics (sqlite3_file *file)
{
  return file_of (file)->pMethods->xDeviceCharacteristics (file_of (file));
}

/* Version 1: SQLite maps no WAL into memory, and its index belongs to the database's file. */
static const sqlite3_io_methods wal_methods = {
  .iVersion = 1,
  .xClose = wal_close,
  .xRead = wal_read,
  .xWrite = wal_write,
  .xTruncate = wal_truncate,
  .xSync = wal_sync,
  .xFileSize = wal_size,
  .xLock = wal_lock,
  .xUnlock = wal_unlock,
  .xCheckReservedLock = wal_check_lock,
  .xFileControl = wal_control,
  .xSectorSize = wal_sector_size,
  .xDeviceCharacteristics = wal_characteristics,
};

static int
open_file (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  (void) vfs;
  if (0 == (flags & SQLITE_OPEN_WAL))
    return plain->xOpen (plain, name, file, flags, out_flags);
  memset (file, 0, sizeof (struct lpr_wal_buffer));
  file_of (file)->pMethods = NULL;
  const int code = plain->xOpen (plain, name, file_of (file), flags, out_flags);
  /* SQLite closes a file that has methods, whether it could be opened or not. */
  file->pMethods = NULL == file_of (file)->pMethods ? NULL : &wal_methods;
  return code;
}

int
lpr_sqlite_register_wal_buffers (void)
{
  if (NULL != plain)
    return SQLITE_OK;
  plain = sqlite3_vfs_find (NULL);
  if (NULL == plain)
    return SQLITE_ERROR;
  ours = *plain;
  /* Keeps only the methods known here, if SQLite is newer. */
  if (ours.iVersion > 3)
    ours.iVersion = 3;
  ours.zName = "lpr";
  ours.pNext = NULL;
  ours.szOsFile += (int) sizeof (struct lpr_wal_buffer);
  ours.xOpen = open_file;
  return sqlite3_vfs_register (&ours, 1);
}

/* Whether a connection's answer to a PRAGMA is at least a number, or equals a text. */
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

/* Whether a power cut while a page is written leaves its neighbours intact. Otherwise SQLite writes some of a commit
   after its sync, which would have to be allowed. */
static bool
is_safe_to_overwrite (sqlite3 *db)
{
  sqlite3_file *file = NULL;
  return SQLITE_OK == sqlite3_file_control (db, "main", SQLITE_FCNTL_FILE_POINTER, &file)
    && NULL != file && NULL != file->pMethods
    && 0 != (file->pMethods->xDeviceCharacteristics (file) & SQLITE_IOCAP_POWERSAFE_OVERWRITE);
}

struct lpr_wal_buffer *
lpr_sqlite_wal_buffer (sqlite3 *db, const char **why_not)
{
  sqlite3_file *file = NULL;
  *why_not = NULL;
  if (!says (db, "PRAGMA main.journal_mode", 0, "wal"))
    *why_not = "the database has no WAL";
  /* 2 is FULL, 3 EXTRA. */
  else if (!says (db, "PRAGMA main.synchronous", 2, NULL))
    *why_not = "the connection does not sync every commit";
  else if (!is_safe_to_overwrite (db))
    *why_not = "a power cut may damage the neighbours of a written page";
  else if (SQLITE_OK != sqlite3_file_control (db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
           || NULL == file || &wal_methods != file->pMethods)
    *why_not = "the WAL was opened without the buffering VFS";
  else if (NULL == buffer_of (file)->bytes && NULL == (buffer_of (file)->bytes = malloc (BUFFER_MAX)))
    *why_not = "out of memory";
  return NULL == *why_not ? buffer_of (file) : NULL;
}

void
lpr_wal_buffer_begin (struct lpr_wal_buffer *buffer)
{
  buffer->is_buffering = true;
}

void
lpr_wal_buffer_abandon (struct lpr_wal_buffer *buffer)
{
  buffer->is_buffering = false;
  buffer->count = 0;
}

int
lpr_wal_buffer_end (struct lpr_wal_buffer *buffer)
{
  buffer->is_buffering = false;
  if (0 == buffer->count)
    return SQLITE_OK;
  const int code = wal_sync (&buffer->base, SQLITE_SYNC_NORMAL);
  return SQLITE_OK == code ? SQLITE_NOTICE : code;
}
