/* The service's index of event ids, as DedupIndex.swift keeps it. */
#ifndef BENCH_EVENT_INDEX_H
#define BENCH_EVENT_INDEX_H

#include <sqlite3.h>
#include <stdint.h>

/* Enters the event ids of all records up to the last one, whose ids are packed ones. */
void event_index_fill (sqlite3 *db, int64_t last);

#endif
