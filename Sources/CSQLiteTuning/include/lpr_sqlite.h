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

/// Brings to the disk what was copied into the file of a connection's database. 0, or SQLite's error code.
int lpr_sqlite_sync_database(struct sqlite3 *db);

/// A write-ahead log in which a commit's pages are put together until they are synced: SQLite writes each page by
/// itself, and 24 bytes about it before it.
struct lpr_gathered_log;

/// The log of a connection, which it is until the connection is closed. The connection must sync at every commit
/// (synchronous = FULL) and go on doing so: others learn of a commit after that, and read the log through files of
/// their own. NULL, and nothing has changed, where it does not, where there is no such log, where a page that is
/// written may spoil its neighbours (SQLITE_IOCAP_POWERSAFE_OVERWRITE), or where there is no memory.
struct lpr_gathered_log *lpr_sqlite_gathered_log(struct sqlite3 *db);

/// A commit begins: what is written from here on is put together. Before it, pages of a transaction that do not
/// fit the memory are written as ever, since they may be undone.
void lpr_gathered_log_begin(struct lpr_gathered_log *log);

/// The commit is over: all is written where it succeeded; what is left where it failed is forgotten.
void lpr_gathered_log_end(struct lpr_gathered_log *log);

#endif
