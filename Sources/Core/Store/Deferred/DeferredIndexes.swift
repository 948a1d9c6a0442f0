import GRDB

/// Two deferred indexes: the records by plate and by camera, in list order.
///
/// An ordinary index is written at a random place for each record; at ten million records few of these pages are
/// cached, and each is written to the WAL and to the database. Here ``Limits/recordsPerPlateCount`` records wait and
/// are inserted in index order, so that a page is written once for many of them; each commit inserts a few, so that
/// none takes long. Queries scan the waiting records (``UnindexedRecords``).
///
/// All records up to ``Watermarks/indexedThrough`` are indexed. Some later ones may be; queries skip them.
struct DeferredIndexes {
    private struct Entry {
        /// The plate in the index by plate, the camera in the index by camera.
        let key: Int64
        let seen: Int64
        let id: Int64
        /// The camera in the index by plate, the plate in the index by camera.
        let other: Int64
        let percent: Int64?

        static func isOrdered(_ one: Entry, _ other: Entry) -> Bool {
            (one.key, one.seen, one.id) < (other.key, other.seen, other.id)
        }
    }

    /// Records that are being inserted.
    private struct Batch {
        let latestRecord: Int64
        let plates: [Entry]
        let cameras: [Entry]
        /// Inserted entries; those by plate come first.
        var inserted = 0

        var count: Int { plates.count + cameras.count }
    }

    private let recordsPerBatch: Int
    private let insertPlate: RawStatement
    private let insertCamera: RawStatement
    private var batch: Batch?

    /// The number of entries that a commit with so many reads inserts: more than the two that each read adds, so that
    /// the batch ends.
    ///
    /// A commit without reads continues the batch, too.
    func budget(forReads reads: Int) -> Int { max(recordsPerBatch / 64, reads * 5, 1) }

    init(_ db: Database, limits: Limits) throws {
        recordsPerBatch = limits.recordsPerPlateCount
        // After a crash or a rollback some entries exist already.
        insertPlate = try RawStatement(
            db,
            "INSERT OR IGNORE INTO plate_records VALUES (?, ?, ?, ?)"
        )
        insertCamera = try RawStatement(
            db,
            "INSERT OR IGNORE INTO camera_records VALUES (?, ?, ?, ?, ?)"
        )
    }

    /// Continues the batch, or begins one if enough records wait, up to `entries` insertions.
    ///
    /// Returns the id up to which all records are indexed, if the batch has ended.
    mutating func insertSome(
        _ db: Database,
        after indexed: Int64,
        to latestRecord: Int64,
        entries: inout Int
    ) throws -> Int64? {
        guard entries > 0 else { return nil }
        let end = indexed + Int64(recordsPerBatch)
        if batch == nil, latestRecord >= end { batch = try Self.batch(db, after: indexed, to: end) }
        return try insert(&entries)
    }

    /// Indexes all waiting records.
    mutating func insertAll(_ db: Database, after indexed: Int64, to latestRecord: Int64) throws {
        batch = try Self.batch(db, after: indexed, to: latestRecord)
        var entries = Int.max
        _ = try insert(&entries)
    }

    /// Drops the batch after a rollback; the next call begins it again.
    mutating func dropBatch() { batch = nil }

    private mutating func insert(_ entries: inout Int) throws -> Int64? {
        guard var batch else { return nil }
        let count = min(entries, batch.count - batch.inserted)
        for place in batch.inserted..<(batch.inserted + count) { try insert(place, of: batch) }
        entries -= count
        batch.inserted += count
        let isWhole = batch.inserted == batch.count
        self.batch = isWhole ? nil : batch
        return isWhole ? batch.latestRecord : nil
    }

    private func insert(_ place: Int, of batch: Batch) throws {
        let isPlate = place < batch.plates.count
        let entry = isPlate ? batch.plates[place] : batch.cameras[place - batch.plates.count]
        let statement = isPlate ? insertPlate : insertCamera
        statement.bind(1, entry.key)
        statement.bind(2, entry.seen)
        statement.bind(3, entry.id)
        statement.bind(4, entry.other)
        if !isPlate { statement.bind(5, entry.percent) }
        try statement.execute()
    }

    private static func batch(_ db: Database, after first: Int64, to last: Int64) throws -> Batch {
        var plates: [Entry] = []
        var cameras: [Entry] = []
        let rows = try RawStatement(
            db,
            "SELECT id, plate, camera, seen, percent FROM records WHERE id > ?1 AND id <= ?2"
        )
        try rows.bind(first, last)
        while try rows.next() {
            let (id, plate, camera) = (rows.integer(0), rows.integer(1), rows.integer(2))
            let seen = rows.integer(3)
            let percent = rows.isNull(4) ? nil : rows.integer(4)
            plates.append(Entry(key: plate, seen: seen, id: id, other: camera, percent: nil))
            cameras.append(Entry(key: camera, seen: seen, id: id, other: plate, percent: percent))
        }
        plates.sort(by: Entry.isOrdered)
        cameras.sort(by: Entry.isOrdered)
        return Batch(latestRecord: last, plates: plates, cameras: cameras)
    }

    /// Removes a record's entries.
    static func remove(_ db: Database, id: Int64, plate: Int64, camera: Int64, seen: Int64) throws {
        for (table, column, key) in [
            ("plate_records", "plate", plate), ("camera_records", "camera", camera),
        ] {
            let statement = try db.cachedStatement(
                sql: "DELETE FROM \(table) WHERE \(column) = ? AND seen = ? AND id = ?"
            )
            try statement.execute(arguments: [key, seen, id])
        }
    }
}
