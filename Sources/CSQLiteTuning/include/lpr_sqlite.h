#ifndef LPR_SQLITE_H
#define LPR_SQLITE_H

struct sqlite3;

/// Tells SQLite to keep no figures of the memory it uses (SQLITE_CONFIG_MEMSTATUS, a variadic call): it
/// takes a lock of the whole process for them at every allocation. 0, or SQLite's error code where SQLite is
/// at work already; everything then works as before, only slower.
int lpr_sqlite_without_memory_figures(void);

/// Lets a commit cost the same however many pages are in memory: SQLite 3.40 looks through all of them after
/// every commit in which a page of an index was split, because two pages then changed their numbers by way
/// of a third, which is taken for the highest one. Same result, same conditions as above.
int lpr_sqlite_with_quick_truncation(void);

/// Puts together what a connection writes into its write-ahead log, until the log is synced: SQLite writes
/// each page by itself, and 24 bytes about it before it. Only for a connection that syncs at every commit
/// (synchronous = FULL): others learn of a commit after that, and read the log through files of their own.
/// Holds until the connection is closed. 0, or SQLite's error code where it does not sync so, where there is no
/// log, or no memory; then nothing has changed.
int lpr_sqlite_gather_log(struct sqlite3 *db);

#endif
