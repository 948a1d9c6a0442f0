import GRDB

/// A Bloom filter of the reads that an operator deleted: sent again, they are acknowledged and do not come back.
///
/// Reads with an event id are many, deleted ones are few: only for a read that the filter does not rule out the table
/// is queried. The ``DedupIndex`` cannot stand in for it. It loses the hash of a deleted read at the next start if the
/// record had not been entered yet, and with the last record of its run.
///
/// The filter is made of the table at each start. It may hold more than the table does, after a rollback or once the
/// retention has removed rows, which costs one query for a read that is sent again.
struct DeletedReads {
    private var filter = DedupBloomFilters()

    /// All of a filter that is not divided by runs.
    private static let run: Int64 = 0

    init(_ db: Database, _ index: DedupIndex) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT camera, event_id FROM deleted_reads")
        while let row = try rows.next() {
            add(index.hash(camera: row["camera"], PackedEventID(row["event_id"] as String)))
        }
    }

    mutating func add(_ hash: DedupHash) { filter.insert(hash, run: DeletedReads.run) }

    /// False only if no deleted read has this hash.
    func mayHold(_ hash: DedupHash) -> Bool { !filter.runs(thatMayHold: hash).isEmpty }
}
