import GRDB

/// The records of each plate and of each camera, in the order of the list: two indexes that are written late.
///
/// An index of SQLite's own is written with each record, each time at another place; at ten million records few of
/// these places are in memory, and each is a page of the log and of the database. Here some thousand records
/// (``Limits/recordsPerPlateCount``) wait until they are entered in the order of the index, so that a page is
/// written once for many of them; and a few are entered with each commit, so that none takes long. Questions
/// look through those that wait (``UnindexedRecords``).
///
/// All records up to ``Watermarks/indexedThrough`` are entered. Of those beyond some may be, which questions pass over.
struct DeferredIndexes {
    private struct Entry {
        /// The plate in the one index, the camera in the other.
        let key: Int64
        let seen: Int64
        let id: Int64
        /// The camera in the one index, the plate in the other.
        let other: Int64
        let percent: Int64?

        static func isOrdered(_ one: Entry, _ other: Entry) -> Bool {
            (one.key, one.seen, one.id) < (other.key, other.seen, other.id)
        }
    }

    /// Records that are being entered.
    private struct Batch {
        let latestRecord: Int64
        let plates: [Entry]
        let cameras: [Entry]
        /// Entries that are made: first those of the plates.
        var entered = 0

        var count: Int { plates.count + cameras.count }
    }

    private let recordsPerBatch: Int
    private let enterPlate: RawStatement
    private let enterCamera: RawStatement
    private var batch: Batch?

    /// How many entries a commit makes that brought so many reads: more than the two that each will need, so that
    /// the batch comes to its end.
    ///
    /// A commit without reads goes on with it, too.
    func entries(ofReads reads: Int) -> Int { max(recordsPerBatch / 64, reads * 5, 1) }

    init(_ db: Database, limits: Limits) throws {
        recordsPerBatch = limits.recordsPerPlateCount
        // What was entered before a crash, or before a change that was undone, is there already.
        enterPlate = try RawStatement(db, "INSERT OR IGNORE INTO plate_records VALUES (?, ?, ?, ?)")
        enterCamera = try RawStatement(
            db,
            "INSERT OR IGNORE INTO camera_records VALUES (?, ?, ?, ?, ?)"
        )
    }

    /// Goes on with the batch, or begins one where enough records wait, as long as there are `entries` to be made.
    ///
    /// Returns up to which id all records are entered, where the batch has come to its end.
    mutating func enterSome(
        _ db: Database,
        after counted: Int64,
        to latestRecord: Int64,
        entries: inout Int
    ) throws -> Int64? {
        guard entries > 0 else { return nil }
        let end = counted + Int64(recordsPerBatch)
        if batch == nil, latestRecord >= end { batch = try Self.batch(db, after: counted, to: end) }
        return try enter(&entries)
    }

    /// Enters all records that wait.
    mutating func enterAll(_ db: Database, after counted: Int64, to latestRecord: Int64) throws {
        batch = try Self.batch(db, after: counted, to: latestRecord)
        var entries = Int.max
        _ = try enter(&entries)
    }

    /// After a rollback: the batch begins anew.
    mutating func forget() { batch = nil }

    private mutating func enter(_ entries: inout Int) throws -> Int64? {
        guard var batch else { return nil }
        let count = min(entries, batch.count - batch.entered)
        for place in batch.entered..<(batch.entered + count) { try enter(place, of: batch) }
        entries -= count
        batch.entered += count
        let isWhole = batch.entered == batch.count
        self.batch = isWhole ? nil : batch
        return isWhole ? batch.latestRecord : nil
    }

    private func enter(_ place: Int, of batch: Batch) throws {
        let isPlate = place < batch.plates.count
        let entry = isPlate ? batch.plates[place] : batch.cameras[place - batch.plates.count]
        let statement = isPlate ? enterPlate : enterCamera
        statement.bind(1, entry.key)
        statement.bind(2, entry.seen)
        statement.bind(3, entry.id)
        statement.bind(4, entry.other)
        if !isPlate { statement.bind(5, entry.percent) }
        try statement.run()
    }

    private static func batch(_ db: Database, after first: Int64, to last: Int64) throws -> Batch {
        var plates: [Entry] = []
        var cameras: [Entry] = []
        let rows = try RawCursor(
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

    /// Takes the entries of a record out.
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
