#ifndef LPR_SQLITE_H
#define LPR_SQLITE_H

/// Tells SQLite to keep no figures of the memory it uses (SQLITE_CONFIG_MEMSTATUS, a variadic call): it
/// takes a lock of the whole process for them at every allocation. 0, or SQLite's error code where SQLite is
/// at work already; everything then works as before, only slower.
int lpr_sqlite_without_memory_figures(void);

#endif
