/* SQLite that stops the program with its own words where something fails. */
#ifndef BENCH_DATABASE_H
#define BENCH_DATABASE_H

#include <sqlite3.h>

/* Exits if a call failed. */
void database_check (sqlite3 *db, int result);

sqlite3_stmt *database_prepare (sqlite3 *db, const char *sql);

/* Steps a statement that gives no row, and makes it ready for the next time. */
void database_run (sqlite3 *db, sqlite3_stmt *statement);

#endif
