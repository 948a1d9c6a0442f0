/* The packed pages of plates and their counts, as Sources/Core/Store/Plates/PackedPlateTable.swift writes them. */
#ifndef BENCH_PLATE_PAGES_H
#define BENCH_PLATE_PAGES_H

#include <sqlite3.h>
#include <stdint.h>

/* Writes the pages of all plates of a database; `reads` has a plate's count at its id. Returns the last
   id. */
int64_t plate_pages_fill (sqlite3 *db, const uint32_t *reads);

/* Counts each camera's records of the plates that have many, as HeavyHitterCounts.swift does; their index must be
   there. */
void plate_cameras_fill (sqlite3 *db, const uint32_t *reads, int plates);

#endif
