#ifndef LPR_SQLITE_H
#define LPR_SQLITE_H

struct sqlite3;

/// Disables SQLite's memory statistics (SQLITE_CONFIG_MEMSTATUS, a variadic call), for which every allocation takes a
/// process-wide lock. 0, or SQLite's error code if SQLite is initialized already; it then works without this, only
/// slower.
int lpr_sqlite_disable_memory_statistics(void);

/// Makes the cost of a commit independent of the number of cached pages: SQLite 3.40 scans all of them after every
/// commit that split an index page, because two pages then swapped their numbers by way of a third, which is taken
/// for the highest one. Same result and conditions as above.
int lpr_sqlite_wrap_page_cache(void);

/// Syncs the file of a connection's database. 0, or SQLite's error code.
int lpr_sqlite_sync_database(struct sqlite3 *db);

/// Registers a VFS whose WAL files can buffer the pages of a commit: SQLite writes each page and its 24-byte header
/// separately. All other files, and WALs of connections that do not ask for a buffer, are unchanged. Same result as
/// above; no SQLITE_CONFIG call may follow.
int lpr_sqlite_register_wal_buffers(void);

/// The WAL of a connection, with a write buffer.
struct lpr_wal_buffer;

/// Returns the buffer of a connection's WAL, valid until the connection is closed. The connection must sync at every
/// commit (synchronous = FULL) and keep doing so: others learn of a commit after that, and read the WAL through their
/// own files. NULL, and the reason, if it does not, if there is no such WAL, or if writing a page may damage its
/// neighbours (SQLITE_IOCAP_POWERSAFE_OVERWRITE).
struct lpr_wal_buffer *lpr_sqlite_wal_buffer(struct sqlite3 *db, const char **why_not);

/// Begins a commit: its writes are buffered from here on. Earlier pages of the transaction that spilled from the
/// cache were written directly, since they may be rolled back.
void lpr_wal_buffer_begin(struct lpr_wal_buffer *buffer);

/// Discards the buffer after a failed commit.
void lpr_wal_buffer_abandon(struct lpr_wal_buffer *buffer);

/// Ends a successful commit, whose sync has written everything: 0. If something is left in the buffer nevertheless,
/// it is written and synced now: SQLITE_NOTICE, or the error if that fails.
int lpr_wal_buffer_end(struct lpr_wal_buffer *buffer);

#endif
