import Foundation
import GRDB

/// Tells a read that came again: which record has an event id.
///
/// A unique index of SQLite's own is read and written for each record at another place, as event ids are drawn at
/// random; at ten million records each such place is a page by itself, for the log and for the database. Here an
/// event id is a hash. Records are parted by their ids into runs of a million, each with its ``EventBuckets``; and
/// a filter in memory (``EventFilters``) says of nearly every new id that a run does not have it. The ids of the
/// newest records wait in memory (``WaitingEvents``), so that a bucket is written once for some of them.
///
/// A hash says which records may have an event id; only the record itself says that it has it. So it does no harm that
/// records are deleted whose hashes stay.
struct EventIndex {
    typealias Entry = WaitingEvents.Entry

    private let salt: [UInt8]
    private let buckets: EventBuckets
    private let waitingMax: Int
    private var filters = EventFilters()
    /// The runs whose filter is in the database: all of their records are entered.
    private var keptRuns: Set<Int64> = []
    private var waiting = WaitingEvents()
    /// The newest record when the present round of those that wait began.
    private var latestBeforeRound: Int64

    /// What a database says, whose newest record has the id `latestRecord`.
    init(_ db: Database, limits: Limits, latestRecord: Int64) throws {
        let salt = try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'event_salt'")
        guard let salt else {
            throw EventIndex.broken("the salt of its event ids")
        }
        self.salt = Array(salt.utf8)
        buckets = try EventBuckets(db, recordsPerRun: limits.recordsPerEventRun)
        waitingMax = limits.eventsWaitingMax
        latestBeforeRound = latestRecord
        try db.readOnce {
            try readFilters(db)
            try readWaiting(db)
        }
    }

    private static func broken(_ part: String) -> Refusal {
        Refusal(.storage, "the database has lost \(part); restore a backup")
    }

    /// The hash of a camera's event id in this database.
    func hash(camera: Int64, _ eventID: KeptEventID) -> EventHash {
        EventHash(camera: camera, eventID, salt: salt)
    }

    /// The records that may have an event id; the one that has it, if there is one, is among them.
    func candidates(_ hash: EventHash) throws -> [Int64] {
        var records = waiting.records(hash)
        for run in filters.runs(thatMayHold: hash) {
            records += try buckets.records(hash, run: run)
        }
        return records
    }

    /// A new record waits to be entered.
    mutating func add(_ hash: EventHash, record: Int64) {
        waiting.add(Entry(hash: hash, record: record))
    }

    // MARK: - Entering

    /// Once a commit: enters as many as there are more than may wait.
    ///
    /// Where many records have no event id, fewer wait; a round ends all the same, so that no start looks through
    /// more than two rounds of them.
    mutating func enterSome(_ db: Database, latestRecord: Int64) throws {
        while waiting.count > waitingMax || waiting.progress < dueProgress(latestRecord) {
            let (entries, endsRound) = waiting.takeGroup()
            try enter(ordered(entries))
            guard endsRound else { continue }
            // All that waited when the round began have been taken since.
            try noteEntered(db, upTo: latestBeforeRound)
            latestBeforeRound = latestRecord
        }
    }

    /// How much of the round must be done.
    private func dueProgress(_ latestRecord: Int64) -> Double {
        let recordsPerRound = EventIndex.waitingPerRound * (waitingMax + 1)
        return Double(latestRecord - latestBeforeRound) / Double(recordsPerRound)
    }

    /// How many times as many records as may wait a round has at the most; where all have event ids, twice.
    private static let waitingPerRound = 8

    /// Enters all records of a database in which none are entered.
    mutating func enterAll(_ db: Database) throws {
        waiting = WaitingEvents()
        let last = latestBeforeRound
        var next = try Int64.fetchOne(db, sql: "SELECT MIN(id) FROM records") ?? last + 1
        while next <= last {
            let end = min((buckets.run(of: next) + 1) * buckets.recordsPerRun - 1, last)
            try enter(ordered(entries(db, after: next - 1, to: end)))
            next = end + 1
        }
        try noteEntered(db, upTo: last)
    }

    private mutating func enter(_ ordered: [Entry]) throws {
        var entries = ordered[...]
        while let first = entries.first {
            let row = buckets.row(first)
            let bucket = entries.prefix { buckets.row($0) == row }
            try buckets.add(bucket)
            for entry in bucket { filters.insert(entry.hash, run: buckets.run(of: entry.record)) }
            entries = entries.dropFirst(bucket.count)
        }
    }

    /// Writes down that all records up to an id are entered, and keeps the filters of runs that are whole.
    private mutating func noteEntered(_ db: Database, upTo record: Int64) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO meta VALUES ('entered_event', ?)",
            arguments: ["\(record)"]
        )
        let next = buckets.run(of: record + 1)
        for run in filters.runs where run < next && !keptRuns.contains(run) {
            for part in 0..<EventFilters.parts {
                try db.execute(
                    sql: "INSERT INTO event_filters VALUES (?, ?, ?)",
                    arguments: [run, part, Data(filters.bytes(ofRun: run, part: part))]
                )
            }
            keptRuns.insert(run)
        }
    }

    /// Lets the runs go of which no record is left: none has an id below `oldest`.
    mutating func forget(_ db: Database, before oldest: Int64) throws {
        let run = buckets.run(of: oldest)
        if let first = filters.runs.first, first < run {
            filters.setRuns(filters.runs.filter { $0 >= run })
            try db.execute(sql: "DELETE FROM event_filters WHERE run < ?", arguments: [run])
        }
        try buckets.remove(db, before: EventBuckets.firstRow(ofRun: run))
    }

    private func ordered(_ entries: [Entry]) -> [Entry] {
        entries.sorted { (buckets.row($0), $0.record) < (buckets.row($1), $1.record) }
    }

    // MARK: - Beginning

    /// The event ids of some records, in no order.
    private func entries(_ db: Database, after first: Int64, to last: Int64) throws -> [Entry] {
        var entries: [Entry] = []
        let rows = try DirectRows(
            db,
            """
            SELECT id, camera, event_id, typeof(event_id) = 'blob' FROM records
            WHERE id > ?1 AND id <= ?2 AND event_id IS NOT NULL
            """
        )
        try rows.ask(first, last)
        while try rows.next() {
            let hash = EventHash(
                camera: rows.integer(1),
                isPacked: rows.integer(3) == 1,
                bytes: rows.bytes(2),
                salt: salt
            )
            entries.append(Entry(hash: hash, record: rows.integer(0)))
        }
        return entries
    }

    /// Of the records that are not known to be entered, some may be: they are found in their buckets.
    private mutating func readWaiting(_ db: Database) throws {
        let mark = try Int64.fetchOne(
            db,
            sql: "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'entered_event'"
        )
        var entries = ordered(try entries(db, after: mark ?? 0, to: .max))[...]
        while let first = entries.first {
            let row = buckets.row(first)
            let bucket = entries.prefix { buckets.row($0) == row }
            let entered = Set(try buckets.entries(inRow: row).map(\.record))
            for entry in bucket where !entered.contains(entry.record) { waiting.add(entry) }
            entries = entries.dropFirst(bucket.count)
        }
    }

    /// The filters of whole runs are kept; those of the others are made of their buckets.
    private mutating func readFilters(_ db: Database) throws {
        keptRuns = try Int64.fetchSet(db, sql: "SELECT DISTINCT run FROM event_filters")
        filters.setRuns(keptRuns.sorted())
        let kept = try DirectRows(
            db,
            "SELECT run, part, bits FROM event_filters ORDER BY run, part"
        )
        while try kept.next() {
            let (run, part) = (kept.integer(0), Int(kept.integer(1)))
            guard filters.restore(run: run, part: part, from: kept.bytes(2)) else {
                throw EventIndex.broken("a part of the filters of its event ids")
            }
        }
        let first = EventBuckets.firstRow(ofRun: (filters.runs.last ?? -1) + 1)
        try buckets.forEach(db, from: first) { entry in
            filters.insert(entry.hash, run: buckets.run(of: entry.record))
        }
    }
}
