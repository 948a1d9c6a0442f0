#include "lpr_sqlite.h"

#include <sqlite3.h>

int lpr_sqlite_without_memory_figures(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
