import GRDB

/// A Bloom filter of the reads that an operator deleted: sent again, they are acknowledged and do not come back.
///
/// Reads with an event id are many, deleted ones are few: the table is queried only for a read that the filter does
/// not rule out. The ``DedupIndex`` cannot stand in for it: it loses the hash of a deleted read at the next start if
/// the record was not flushed yet, and with the last record of its segment.
///
/// The filter is built from the table at each start. It may contain more than the table, after a rollback or after
/// retention removed rows, which costs one query for a read that is sent again.
struct DeletedReads {
    private var filter = DedupBloomFilters()

    /// The only segment: this filter is not divided.
    private static let segment: Int64 = 0

    init(_ db: Database, _ index: DedupIndex) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT camera, event_id FROM deleted_reads")
        while let row = try rows.next() {
            add(index.hash(camera: row["camera"], PackedEventID(row["event_id"] as String)))
        }
    }

    mutating func add(_ hash: DedupHash) { filter.insert(hash, segment: DeletedReads.segment) }

    /// False only if no deleted read has this hash.
    func mayHold(_ hash: DedupHash) -> Bool { !filter.segments(thatMayHold: hash).isEmpty }
}
