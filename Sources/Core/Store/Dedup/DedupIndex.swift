import Foundation
import GRDB

/// Tells a read that came again: which record has an event id.
///
/// A unique index of SQLite's own is read and written for each record at another place, as event ids are drawn at
/// random; at ten million records each such place is a page by itself, for the log and for the database. Here an
/// event id is a hash. Records are parted by their ids into runs of a million, each with its ``DedupBuckets``; and
/// a filter in memory (``DedupBloomFilters``) says of nearly every new id that a run does not have it. The ids of the
/// newest records wait in memory (``DedupMemtable``), so that a bucket is written once for some of them.
///
/// A hash says which records may have an event id; only the record itself says that it has it. So it does no harm that
/// records are deleted whose hashes stay.
struct DedupIndex {
    private let salt: [UInt8]
    private let buckets: DedupBuckets
    private let waitingMax: Int
    private var filters = DedupBloomFilters()
    /// The runs whose filter is in the database: all of their records are entered.
    private var keptRuns: Set<Int64> = []
    /// The run of the oldest record: nothing is left of those before.
    private var firstRun: Int64 = 0
    private var round: FlushCursor
    private(set) var waiting: DedupMemtable

    /// The key of the hashes' salt.
    static let saltKey = "dedup_salt"
    /// The code of the refusal of a database that has lost what the index needs.
    static let metadataMissingCode = "damaged_index"

    /// What a database says.
    ///
    /// Throws `DatabaseError`, and ``Refusal`` `.storage` where what cannot be made again is missing.
    init(_ db: Database, limits: Limits) throws {
        guard let salt = try db.meta(DedupIndex.saltKey), let round = try FlushCursor(db) else {
            throw Refusal(
                .storage,
                "the metadata of the dedup index is missing;"
                    + " stop the service and run `lprserver reindex`",
                code: DedupIndex.metadataMissingCode
            )
        }
        self.salt = Array(salt.utf8)
        self.round = round
        buckets = try DedupBuckets(db)
        waiting = DedupMemtable(next: round.nextGroup)
        waitingMax = limits.dedupMemtableMax
        try db.readOnce {
            try readFilters(db)
            try readWaiting(db)
        }
    }

    /// After a commit that failed: what waits and what is entered is what the database says.
    ///
    /// Filters may stay that hold more than was entered.
    mutating func readAnew(_ db: Database) throws {
        round = try FlushCursor(db) ?? round
        keptRuns.formIntersection(
            try Int64.fetchSet(db, sql: "SELECT DISTINCT run FROM dedup_filters")
        )
        // The failed commit may have dropped runs that exist again.
        if try oldestRun(db) < firstRun { try readFilters(db) }
        try readWaiting(db)
    }

    /// The hash of a camera's event id in this database.
    func hash(camera: Int64, _ eventID: PackedEventID) -> DedupHash {
        DedupHash(camera: camera, eventID, salt: salt)
    }

    /// The records that may have an event id; the one that has it, if there is one, is among them.
    func candidates(_ hash: DedupHash) throws -> [Int64] {
        var records = waiting.records(hash)
        for run in filters.runs(thatMayHold: hash) {
            records += try buckets.records(hash, run: run)
        }
        return records
    }

    /// A new record waits to be entered.
    mutating func add(_ hash: DedupHash, record: Int64) {
        waiting.add(DedupEntry(hash: hash, record: record))
    }

    // MARK: - Entering

    /// Once a commit: enters as many as there are more than may wait.
    ///
    /// Where many records have no event id, fewer wait; a round ends all the same, so that no start looks through
    /// more than two rounds of them.
    mutating func enterSome(_ db: Database, latestRecord: Int64) throws {
        guard isDue(latestRecord) else { return }
        while isDue(latestRecord) {
            let (entries, endsRound) = waiting.takeGroup()
            try enter(entries)
            guard endsRound else { continue }
            // All that waited when the round began have been taken since.
            round.entered = round.latestBefore
            round.latestBefore = latestRecord
            try keepFilters(db)
        }
        round.nextGroup = waiting.next
        try round.write(db)
    }

    private func isDue(_ latestRecord: Int64) -> Bool {
        if waiting.count > waitingMax { return true }
        let records = latestRecord - round.latestBefore
        let recordsPerRound = Int64(DedupIndex.waitingPerRound * (waitingMax + 1))
        return Int64(waiting.next) * recordsPerRound < records * Int64(DedupMemtable.groupCount)
    }

    /// The maximum number of records per round, as a multiple of the memtable's limit; two if all have event ids.
    private static let waitingPerRound = 8

    /// Enters the records of one run, which has the first record after an id, in an index that has none of them.
    ///
    /// Returns the last id that it may have; nil if there are no more up to the cursor's mark.
    mutating func enterRun(_ db: Database, after id: Int64) throws -> Int64? {
        let next = try Int64.fetchOne(
            db,
            sql: "SELECT MIN(id) FROM records WHERE id > ?",
            arguments: [id]
        )
        guard let next, next <= round.entered else { return nil }
        let end = min(buckets.lastRecord(ofRun: buckets.run(of: next)), round.entered)
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
        if try DedupBuckets.recordsPerRun(db) == nil {
            try db.setMeta(DedupBuckets.recordsPerRunKey, "\(DedupBuckets.recordsPerNewRun)")
        }
    }

    private mutating func enter(_ entries: [DedupEntry]) throws {
        for (row, bucket) in buckets.byRow(entries) {
            let run = DedupBuckets.run(ofRow: row)
            guard run >= firstRun else { continue }
            try buckets.add(bucket, toRow: row)
            for entry in bucket { filters.insert(entry.hash, run: run) }
        }
    }

    /// Keeps the filters of runs all of whose records are entered.
    private mutating func keepFilters(_ db: Database) throws {
        let next = buckets.run(of: round.entered + 1)
        for run in filters.runs where run < next && !keptRuns.contains(run) {
            for part in 0..<DedupBloomFilters.parts {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO dedup_filters (run, part, bits) VALUES (?, ?, ?)",
                    arguments: [run, part, Data(filters.bytes(ofRun: run, part: part))]
                )
            }
            keptRuns.insert(run)
        }
    }

    /// Lets the runs go of which no record is left: none has an id below `oldest`.
    mutating func forget(_ db: Database, before oldest: Int64) throws {
        let run = buckets.run(of: oldest)
        try buckets.remove(db, before: DedupBuckets.firstRow(ofRun: run))
        guard run > firstRun else { return }
        try db.execute(sql: "DELETE FROM dedup_filters WHERE run < ?", arguments: [run])
        firstRun = run
        keptRuns = keptRuns.filter { $0 >= run }
        filters.setRuns(filters.runs.filter { $0 >= run })
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
    private mutating func readWaiting(_ db: Database) throws {
        waiting = DedupMemtable(next: round.nextGroup)
        for (row, bucket) in buckets.byRow(try entries(db, after: round.entered, to: .max)) {
            let entered = Set(try buckets.entries(inRow: row))
            for entry in bucket where !entered.contains(entry) { waiting.add(entry) }
        }
    }

    private func oldestRun(_ db: Database) throws -> Int64 {
        let oldest = try Int64.fetchOne(db, sql: "SELECT MIN(id) FROM records")
        return buckets.run(of: oldest ?? round.entered + 1)
    }

    /// The filters of whole runs are kept; those of the others, and those of which a part is lost, are made of their
    /// buckets.
    private mutating func readFilters(_ db: Database) throws {
        firstRun = try oldestRun(db)
        filters = DedupBloomFilters()
        filters.setRuns(try buckets.runs(db, from: firstRun))
        var parts: [Int64: Int] = [:]
        let kept = try RawStatement(db, "SELECT run, part, bits FROM dedup_filters WHERE run >= ?")
        try kept.bind(firstRun)
        while try kept.next() {
            let (run, part) = (kept.integer(0), Int(kept.integer(1)))
            if filters.restore(run: run, part: part, from: kept.bytes(2)) {
                parts[run, default: 0] += 1
            }
        }
        keptRuns = Set(parts.filter { $0.value == DedupBloomFilters.parts }.keys)
        for run in filters.runs where !keptRuns.contains(run) {
            try buckets.forEach(db, ofRun: run) { filters.insert($0.hash, run: run) }
        }
    }
}
