#include "lpr_sqlite.h"

#include <sqlite3.h>
#include <stddef.h>

int lpr_sqlite_disable_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/* By SQLite's own method: closing a descriptor of ours would release all of the process's locks. */
int lpr_sqlite_sync_database(sqlite3 *db) {
  sqlite3_file *file = NULL;
  const int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code != SQLITE_OK)
    return code;
  if (file == NULL || file->pMethods == NULL)
    return SQLITE_IOERR_FSYNC;
  return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}
