#include "database.h"
#include "metrics.h"

#include <stddef.h>

void
database_check (sqlite3 *db, int result)
{
  if (SQLITE_OK != result && SQLITE_DONE != result && SQLITE_ROW != result)
    metrics_fail ("SQLite: %s", sqlite3_errmsg (db));
}

sqlite3_stmt *
database_prepare (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement;
  database_check (db, sqlite3_prepare_v2 (db, sql, -1, &statement, NULL));
  return statement;
}

void
database_run (sqlite3 *db, sqlite3_stmt *statement)
{
  database_check (db, sqlite3_step (statement));
  database_check (db, sqlite3_reset (statement));
}
