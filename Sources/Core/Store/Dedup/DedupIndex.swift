import Foundation
import GRDB

/// Deduplication index: finds the records that may have an event id (the idempotency key of a read).
///
/// Event ids are random, so an ordinary unique index reads and writes a different place per record; at ten million
/// records each place is a page of its own, in the WAL and in the database. This index stores hashes. Records are
/// divided by id into segments of a million, each with its ``DedupBuckets``, and a Bloom filter in memory
/// (``DedupBloomFilters``) rules out nearly every new id per segment. The hashes of the newest records are in a
/// ``DedupMemtable``, so that a bucket is written once for several.
///
/// A hash only names candidates; the record itself decides. So stale hashes of deleted records do no harm.
struct DedupIndex {
    private let salt: [UInt8]
    private let buckets: DedupBuckets
    private let waitingMax: Int
    private var filters = DedupBloomFilters()
    /// The segments whose filter is stored: all of their records are flushed.
    private var keptRuns: Set<Int64> = []
    /// The segment of the oldest record; earlier segments are dropped.
    private var firstRun: Int64 = 0
    private var round: FlushCursor
    private(set) var waiting: DedupMemtable

    /// Opens the index of a database.
    ///
    /// Throws `DatabaseError`, and ``Refusal`` `.storage` if its metadata is missing.
    init(_ db: Database, limits: Limits) throws {
        guard let salt = try db.meta("event_salt"), let round = try FlushCursor(db) else {
            throw Refusal(
                .storage,
                "the database has lost how its event ids are kept; restore a backup"
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

    /// Reloads the memtable and the cursor from the database, after a commit failed.
    ///
    /// The filters may keep entries that were rolled back.
    mutating func readAnew(_ db: Database) throws {
        round = try FlushCursor(db) ?? round
        keptRuns.formIntersection(
            try Int64.fetchSet(db, sql: "SELECT DISTINCT run FROM event_filters")
        )
        // The failed commit may have dropped segments that exist again.
        if try oldestRun(db) < firstRun { try readFilters(db) }
        try readWaiting(db)
    }

    /// The hash of a camera's event id, with this database's salt.
    func hash(camera: Int64, _ eventID: PackedEventID) -> DedupHash {
        DedupHash(camera: camera, eventID, salt: salt)
    }

    /// The records that may have an event id; if a record has it, it is among them.
    func candidates(_ hash: DedupHash) throws -> [Int64] {
        var records = waiting.records(hash)
        for run in filters.runs(thatMayHold: hash) {
            records += try buckets.records(hash, run: run)
        }
        return records
    }

    /// Adds a new record to the memtable.
    mutating func add(_ hash: DedupHash, record: Int64) {
        waiting.add(DedupEntry(hash: hash, record: record))
    }

    // MARK: - Flushing

    /// Flushes what exceeds the memtable's limit; called once per commit.
    ///
    /// If many records have no event id, fewer wait than the limit; a cycle ends all the same, so that a start scans
    /// at most two cycles of records.
    mutating func enterSome(_ db: Database, latestRecord: Int64) throws {
        guard isDue(latestRecord) else { return }
        while isDue(latestRecord) {
            let (entries, endsRound) = waiting.takeGroup()
            try enter(entries)
            guard endsRound else { continue }
            // Everything that waited when the cycle began has been flushed since.
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

    /// The maximum number of records per flush cycle, as a multiple of the memtable's limit; if all records have
    /// event ids, it is two.
    private static let waitingPerRound = 8

    /// Flushes all records up to the cursor into an empty index.
    mutating func enterAll(_ db: Database) throws {
        var next = try Int64.fetchOne(db, sql: "SELECT MIN(id) FROM records") ?? .max
        while next <= round.entered {
            let end = min(buckets.lastRecord(ofRun: buckets.run(of: next)), round.entered)
            try enter(entries(db, after: next - 1, to: end))
            next = end + 1
        }
        try keepFilters(db)
    }

    private mutating func enter(_ entries: [DedupEntry]) throws {
        for (row, bucket) in buckets.byRow(entries) {
            let run = DedupBuckets.run(ofRow: row)
            guard run >= firstRun else { continue }
            try buckets.add(bucket, toRow: row)
            for entry in bucket { filters.insert(entry.hash, run: run) }
        }
    }

    /// Stores the filters of segments whose records are all flushed.
    private mutating func keepFilters(_ db: Database) throws {
        let next = buckets.run(of: round.entered + 1)
        for run in filters.runs where run < next && !keptRuns.contains(run) {
            for part in 0..<DedupBloomFilters.parts {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO event_filters (run, part, bits) VALUES (?, ?, ?)",
                    arguments: [run, part, Data(filters.bytes(ofRun: run, part: part))]
                )
            }
            keptRuns.insert(run)
        }
    }

    /// Drops the segments without records: no record has an id below `oldest`.
    mutating func forget(_ db: Database, before oldest: Int64) throws {
        let run = buckets.run(of: oldest)
        try buckets.remove(db, before: DedupBuckets.firstRow(ofRun: run))
        guard run > firstRun else { return }
        try db.execute(sql: "DELETE FROM event_filters WHERE run < ?", arguments: [run])
        firstRun = run
        keptRuns = keptRuns.filter { $0 >= run }
        filters.setRuns(filters.runs.filter { $0 >= run })
    }

    // MARK: - Reading

    /// The entries of a range of records, unordered.
    private func entries(_ db: Database, after first: Int64, to last: Int64) throws -> [DedupEntry]
    {
        var entries: [DedupEntry] = []
        let rows = try RawCursor(
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

    /// Loads the records beyond the cursor, except those that their buckets already contain.
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

    /// Loads the stored filters; builds those that are missing or incomplete from their buckets.
    private mutating func readFilters(_ db: Database) throws {
        firstRun = try oldestRun(db)
        filters = DedupBloomFilters()
        filters.setRuns(try buckets.runs(db, from: firstRun))
        var parts: [Int64: Int] = [:]
        let kept = try RawCursor(db, "SELECT run, part, bits FROM event_filters WHERE run >= ?")
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
