import Foundation
import GRDB

/// Tells a read that came again: which record has an event id.
///
/// A unique index of SQLite's own is read and written for each record at another place, as event ids are drawn at
/// random; at ten million records each such place is a page by itself, for the log and for the database. Here an
/// event id is a hash. Records are parted by their ids into segments of a million, each with its ``DedupBuckets``; and
/// a filter in memory (``DedupBloomFilters``) says of nearly every new id that a segment does not have it. The ids of the
/// newest records wait in memory (``DedupMemtable``), so that a bucket is written once for some of them.
///
/// A hash says which records may have an event id; only the record itself says that it has it. So it does no harm that
/// records are deleted whose hashes stay.
struct DedupIndex {
    private let salt: [UInt8]
    private let buckets: DedupBuckets
    private let memtableMax: Int
    private var filters = DedupBloomFilters()
    /// The segments whose filter is in the database: all of their records are entered.
    private var keptSegments: Set<Int64> = []
    /// The segment of the oldest record: nothing is left of those before.
    private var firstSegment: Int64 = 0
    private var cursor: FlushCursor
    private(set) var memtable: DedupMemtable

    /// The key of the hashes' salt.
    static let saltKey = "dedup_salt"
    /// The code of the refusal of a database that has lost what the index needs.
    static let metadataMissingCode = "damaged_index"

    /// What a database says.
    ///
    /// Throws `DatabaseError`, and ``Refusal`` `.storage` where what cannot be made again is missing.
    init(_ db: Database, limits: Limits) throws {
        guard let salt = try db.meta(DedupIndex.saltKey), let cursor = try FlushCursor(db) else {
            throw Refusal(
                .storage,
                "the metadata of the dedup index is missing;"
                    + " stop the service and run `lprserver reindex`",
                code: DedupIndex.metadataMissingCode
            )
        }
        self.salt = Array(salt.utf8)
        self.cursor = cursor
        buckets = try DedupBuckets(db)
        memtable = DedupMemtable(next: cursor.nextGroup)
        memtableMax = limits.dedupMemtableMax
        try db.readOnce {
            try readFilters(db)
            try loadMemtable(db)
        }
    }

    /// After a commit that failed: what waits and what is entered is what the database says.
    ///
    /// Filters may stay that hold more than was entered.
    mutating func reload(_ db: Database) throws {
        cursor = try FlushCursor(db) ?? cursor
        keptSegments.formIntersection(
            try Int64.fetchSet(db, sql: "SELECT DISTINCT run FROM dedup_filters")
        )
        // The failed commit may have dropped segments that exist again.
        if try oldestSegment(db) < firstSegment { try readFilters(db) }
        try loadMemtable(db)
    }

    /// The hash of a camera's event id in this database.
    func hash(camera: Int64, _ eventID: PackedEventID) -> DedupHash {
        DedupHash(camera: camera, eventID, salt: salt)
    }

    /// The records that may have an event id; the one that has it, if there is one, is among them.
    func candidates(_ hash: DedupHash) throws -> [Int64] {
        var records = memtable.records(hash)
        for segment in filters.segments(thatMayHold: hash) {
            records += try buckets.records(hash, segment: segment)
        }
        return records
    }

    /// A new record waits to be entered.
    mutating func add(_ hash: DedupHash, record: Int64) {
        memtable.add(DedupEntry(hash: hash, record: record))
    }

    // MARK: - Entering

    /// Once a commit: enters as many as there are more than may wait.
    ///
    /// Where many records have no event id, fewer wait; a flush cycle ends all the same, so that no start looks through
    /// more than two cycles of them.
    mutating func enterSome(_ db: Database, latestRecord: Int64) throws {
        guard isDue(latestRecord) else { return }
        while isDue(latestRecord) {
            let (entries, endsCycle) = memtable.takeGroup()
            try enter(entries)
            guard endsCycle else { continue }
            // All that waited when the cycle began have been taken since.
            cursor.entered = cursor.latestBefore
            cursor.latestBefore = latestRecord
            try keepFilters(db)
        }
        cursor.nextGroup = memtable.next
        try cursor.write(db)
    }

    private func isDue(_ latestRecord: Int64) -> Bool {
        if memtable.count > memtableMax { return true }
        let records = latestRecord - cursor.latestBefore
        let recordsPerCycle = Int64(DedupIndex.memtablesPerCycle * (memtableMax + 1))
        return Int64(memtable.next) * recordsPerCycle < records * Int64(DedupMemtable.groupCount)
    }

    /// The maximum number of records per cycle, as a multiple of the memtable's limit; two if all have event ids.
    private static let memtablesPerCycle = 8

    /// Enters the records of one segment, which has the first record after an id, in an index that has none of them.
    ///
    /// Returns the last id that it may have; nil if there are no more up to the cursor's mark.
    mutating func enterSegment(_ db: Database, after id: Int64) throws -> Int64? {
        let next = try Int64.fetchOne(
            db,
            sql: "SELECT MIN(id) FROM records WHERE id > ?",
            arguments: [id]
        )
        guard let next, next <= cursor.entered else { return nil }
        let end = min(buckets.lastRecord(ofSegment: buckets.segment(of: next)), cursor.entered)
        try enter(entries(db, after: next - 1, to: end))
        try keepFilters(db)
        return end
    }

    /// Gives the database what every index needs, if it is missing or no good.
    ///
    /// Only for an index without entries: those of another salt would not be found.
    static func mendMetadata(_ db: Database) throws {
        if try (db.meta(saltKey) ?? "").isEmpty {
            try db.setMeta(saltKey, String.fetchOne(db, sql: "SELECT hex(randomblob(12))") ?? "")
        }
        if try DedupBuckets.recordsPerSegment(db) == nil {
            try db.setMeta(
                DedupBuckets.recordsPerSegmentKey,
                "\(DedupBuckets.recordsPerNewSegment)"
            )
        }
    }

    private mutating func enter(_ entries: [DedupEntry]) throws {
        for (row, bucket) in buckets.byRow(entries) {
            let segment = DedupBuckets.segment(ofRow: row)
            guard segment >= firstSegment else { continue }
            try buckets.add(bucket, toRow: row)
            for entry in bucket { filters.insert(entry.hash, segment: segment) }
        }
    }

    /// Keeps the filters of segments all of whose records are entered.
    private mutating func keepFilters(_ db: Database) throws {
        let next = buckets.segment(of: cursor.entered + 1)
        for segment in filters.segments where segment < next && !keptSegments.contains(segment) {
            for part in 0..<DedupBloomFilters.parts {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO dedup_filters (run, part, bits) VALUES (?, ?, ?)",
                    arguments: [segment, part, Data(filters.bytes(ofSegment: segment, part: part))]
                )
            }
            keptSegments.insert(segment)
        }
    }

    /// Lets the segments go of which no record is left: none has an id below `oldest`.
    mutating func forget(_ db: Database, before oldest: Int64) throws {
        let segment = buckets.segment(of: oldest)
        try buckets.remove(db, before: DedupBuckets.firstRow(ofSegment: segment))
        guard segment > firstSegment else { return }
        try db.execute(sql: "DELETE FROM dedup_filters WHERE run < ?", arguments: [segment])
        firstSegment = segment
        keptSegments = keptSegments.filter { $0 >= segment }
        filters.setSegments(filters.segments.filter { $0 >= segment })
    }

    // MARK: - Reading

    /// The event ids of some records, in no order.
    private func entries(_ db: Database, after first: Int64, to last: Int64) throws -> [DedupEntry]
    {
        var entries: [DedupEntry] = []
        let rows = try RawStatement(
            db,
            """
            SELECT id, camera, event_id, typeof(event_id) = 'blob' FROM records
            WHERE id > ?1 AND id <= ?2 AND event_id IS NOT NULL
            """
        )
        try rows.bind(first, last)
        while try rows.next() {
            let hash = DedupHash(
                camera: rows.integer(1),
                isPacked: rows.integer(3) == 1,
                bytes: rows.bytes(2),
                salt: salt
            )
            entries.append(DedupEntry(hash: hash, record: rows.integer(0)))
        }
        return entries
    }

    /// Of the records that are not known to be entered, some may be: they are found in their buckets.
    private mutating func loadMemtable(_ db: Database) throws {
        memtable = DedupMemtable(next: cursor.nextGroup)
        for (row, bucket) in buckets.byRow(try entries(db, after: cursor.entered, to: .max)) {
            let entered = Set(try buckets.entries(inRow: row))
            for entry in bucket where !entered.contains(entry) { memtable.add(entry) }
        }
    }

    private func oldestSegment(_ db: Database) throws -> Int64 {
        let oldest = try Int64.fetchOne(db, sql: "SELECT MIN(id) FROM records")
        return buckets.segment(of: oldest ?? cursor.entered + 1)
    }

    /// The filters of whole segments are kept; those of the others, and those of which a part is lost, are made of their
    /// buckets.
    private mutating func readFilters(_ db: Database) throws {
        firstSegment = try oldestSegment(db)
        filters = DedupBloomFilters()
        filters.setSegments(try buckets.segments(db, from: firstSegment))
        var parts: [Int64: Int] = [:]
        let kept = try RawStatement(db, "SELECT run, part, bits FROM dedup_filters WHERE run >= ?")
        try kept.bind(firstSegment)
        while try kept.next() {
            let (segment, part) = (kept.integer(0), Int(kept.integer(1)))
            if filters.restore(segment: segment, part: part, from: kept.bytes(2)) {
                parts[segment, default: 0] += 1
            }
        }
        keptSegments = Set(parts.filter { $0.value == DedupBloomFilters.parts }.keys)
        for segment in filters.segments where !keptSegments.contains(segment) {
            try buckets.forEach(db, ofSegment: segment) {
                filters.insert($0.hash, segment: segment)
            }
        }
    }
}
