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

/// Lets SQLite open WAL files in a way in which a connection can put the pages of a commit together: SQLite writes
/// each page by itself, and 24 bytes about it before it. All other files, and WALs of connections that do not ask for
/// it, are as ever. Same result as above; no further SQLITE_CONFIG afterwards.
int lpr_sqlite_with_wal_buffers(void);

/// The WAL of a connection, with a buffer.
struct lpr_wal_buffer;

/// The buffer of a connection's WAL, which it is until the connection is closed. The connection must sync at every
/// commit (synchronous = FULL) and go on doing so: others learn of a commit after that, and read the WAL through files
/// of their own. NULL, and why, if it does not, if there is no such WAL, or if a page that is written may spoil its
/// neighbours (SQLITE_IOCAP_POWERSAFE_OVERWRITE).
struct lpr_wal_buffer *lpr_sqlite_wal_buffer(struct sqlite3 *db, const char **why_not);

/// A commit begins: what is written from here on is put together. Before it, pages of a transaction that do not
/// fit the memory are written as ever, since they may be undone.
void lpr_wal_buffer_begin(struct lpr_wal_buffer *buffer);

/// The commit has failed: what is left is forgotten.
void lpr_wal_buffer_abandon(struct lpr_wal_buffer *buffer);

/// The commit has succeeded, and with its sync all is written: 0. If something is left nevertheless, it is written and
/// synced now: SQLITE_NOTICE, or the error if that fails.
int lpr_wal_buffer_end(struct lpr_wal_buffer *buffer);

#endif
