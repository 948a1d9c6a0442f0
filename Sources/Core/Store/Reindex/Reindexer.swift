import Foundation
import GRDB

/// Makes all derived tables again from the plain ones: `lprserver reindex`.
///
/// It reads records, plates and the blacklist, and writes counters, packed plates, heavy hitters, the deferred indexes,
/// the dedup index, the blacklist's counts and how far all of these have come; and before that, SQLite's own indexes and the
/// percent of each record. It runs in commits of bounded length, each of
/// which notes how far it is (``ReindexCursor``); until the last one has removed that note, no store can be opened for
/// anything but going on.
///
/// The sorter of SQLite orders the deferred indexes, which so are smaller than those that grew; it needs some 30 bytes
/// of `TMPDIR` for each record. Everything else is made by the code that makes it read by read.
struct Reindexer {
    let pool: DatabasePool
    let calendar: SiteCalendar
    let limits: Limits
    let recordsPerCommit: Int64
    /// Told of each step's start, and some times in each; if it throws, what is not committed is undone.
    let progress: (ReindexProgress) throws -> Void

    /// Records per commit of the counters; progress is reported at least after half as many.
    static let recordsPerCommit: Int64 = 131_072

    /// The page cache while records are sorted: the sorter takes as much memory for each of its runs.
    ///
    /// What fits into the processor's cache is sorted twice as fast as 64 MiB; and an index that is filled in its order
    /// needs no more of its pages than the last ones.
    private static let sorterKibibytes = 4_096
    /// The page cache while pages of all ages are changed.
    private static let counterKibibytes = 65_536

    /// Goes on with what was begun; begins if nothing was, or if it was of other records.
    func run() throws {
        var cursor = try begin()
        defer { try? setCache(kibibytes: Store.writerCacheKibibytes) }
        try setCache(kibibytes: Reindexer.sorterKibibytes)
        try mendRecords(&cursor)
        try makeDeferredIndexes(&cursor)
        try setCache(kibibytes: Reindexer.counterKibibytes)
        try countRecords(&cursor)
        try enterEventIDs(&cursor)
        try commit { try finish($0, cursor) }
    }

    private func begin() throws -> ReindexCursor {
        let kept = try pool.read { try ReindexCursor.noted($0) }
        let new = try pool.read { try ReindexCursor($0, timeZone: calendar.timeZone.identifier) }
        if let kept, kept.isOfSameRecords(as: new) { return kept }
        try commit { try new.write($0) }
        return new
    }

    private func setCache(kibibytes: Int) throws {
        try pool.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA cache_size = -\(kibibytes)")
        }
    }

    /// Each commit may be the first one of a new WAL.
    private func commit(_ body: (Database) throws -> Void) throws {
        try pool.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                try db.renewMark()
                try body(db)
                return .commit
            }
            // If it fails, the WAL is longer.
            _ = try? db.checkpoint(.passive)
        }
    }

    private func tell(_ cursor: ReindexCursor, records: Int64) throws {
        try progress(ReindexProgress(cursor, records: records))
    }

    // MARK: - Steps

    /// Rebuilds SQLite's own indexes, and the integer percents that differ from their confidence.
    private func mendRecords(_ cursor: inout ReindexCursor) throws {
        guard cursor.step == .records else { return }
        try tell(cursor, records: 0)
        try commit { db in
            // A bare REINDEX would also rewrite all tables without rowid, most of which are rebuilt below.
            let indexes = try String.fetchAll(
                db,
                sql: "SELECT name FROM sqlite_master WHERE type = 'index'"
            )
            for index in indexes {
                try db.execute(sql: "REINDEX \(index.quotedDatabaseIdentifier)")
            }
            try db.execute(sql: Reindexer.mendPercents)
            cursor.advance()
            try cursor.write(db)
        }
    }

    private func makeDeferredIndexes(_ cursor: inout ReindexCursor) throws {
        let indexes: [(ReindexCursor.Step, String, String)] = [
            (.platesIndex, "plate_records", "plate, seen, id, camera"),
            (.camerasIndex, "camera_records", "camera, seen, id, plate, percent"),
        ]
        for (step, table, columns) in indexes where cursor.step == step {
            try tell(cursor, records: 0)
            try commit { db in
                try db.execute(sql: "DELETE FROM \(table)")
                try fill(db, table, columns: columns) { try tell(cursor, records: $0) }
                cursor.advance()
                try cursor.write(db)
            }
        }
    }

    /// Enters all records in the order of the index.
    private func fill(
        _ db: Database,
        _ table: String,
        columns: String,
        progress: (Int64) throws -> Void
    ) throws {
        let count = Int32(columns.split(separator: ",").count)
        let parameters = Array(repeating: "?", count: Int(count)).joined(separator: ", ")
        let enter = try RawStatement(db, "INSERT INTO \(table) VALUES (\(parameters))")
        let rows = try RawStatement(db, "SELECT \(columns) FROM records ORDER BY 1, 2, 3")
        var entered: Int64 = 0
        while try rows.next() {
            for column in 0..<count {
                enter.bind(column + 1, rows.isNull(column) ? nil : rows.integer(column))
            }
            try enter.execute()
            entered += 1
            if entered % (recordsPerCommit / 2) == 0 { try progress(entered) }
        }
    }

    private func countRecords(_ cursor: inout ReindexCursor) throws {
        guard cursor.step == .counters else { return }
        if cursor.after == 0 { try commit { try clearCounts($0) } }
        while let end = try end(after: cursor.after, latest: cursor.latest) {
            try tell(cursor, records: cursor.recordsDone)
            try commit { db in
                try count(db, after: cursor.after, to: end)
                cursor.after = end
                try cursor.write(db)
            }
        }
        try commit { db in
            cursor.advance()
            try cursor.write(db)
        }
    }

    private func clearCounts(_ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM hours; DELETE FROM days; UPDATE cameras SET reads = 0, hits = 0;
                DELETE FROM plate_numbers; DELETE FROM plate_reads; DELETE FROM heavy_hitters;
                """
        )
        var marks = try Watermarks(db)
        (marks.indexedThrough, marks.countedPlate) = (0, 0)
        marks.purgeGeneration += 1
        try marks.write(db)
    }

    private func count(_ db: Database, after first: Int64, to last: Int64) throws {
        var deltas = CounterDeltas()
        let rows = try RawStatement(
            db,
            "SELECT camera, seen, hit, confidence FROM records WHERE id > ?1 AND id <= ?2"
        )
        try rows.bind(first, last)
        while try rows.next() {
            deltas.count(
                camera: rows.integer(0),
                seen: Timestamp(milliseconds: rows.integer(1)),
                isHit: rows.integer(2) > 0,
                confidence: rows.isNull(3) ? nil : Confidence(kept: rows.double(3)),
                by: 1,
                calendar: calendar
            )
        }
        try deltas.flush(through: WriterStatements(db))
        var plates = try PackedPlateTable(db, limits: limits)
        try plates.count(db, to: last)
    }

    private func enterEventIDs(_ cursor: inout ReindexCursor) throws {
        guard cursor.step == .dedup else { return }
        if cursor.after == 0 { try commit { try clearDedup($0, cursor) } }
        // Kept over the commits: it holds the filters of all segments.
        var index = try pool.writeWithoutTransaction { try DedupIndex($0, limits: limits) }
        while true {
            try tell(cursor, records: cursor.recordsDone)
            var isAtEnd = false
            try commit { db in
                if let entered = try index.enterSegment(db, after: cursor.after) {
                    cursor.after = entered
                } else {
                    isAtEnd = true
                    cursor.advance()
                }
                try cursor.write(db)
            }
            if isAtEnd { return }
        }
    }

    private func clearDedup(_ db: Database, _ cursor: ReindexCursor) throws {
        try db.execute(sql: "DELETE FROM dedup_buckets; DELETE FROM dedup_filters")
        try DedupIndex.mendMetadata(db)
        // Until the last step has removed the note, this is no more than where it will be.
        try FlushCursor(entered: cursor.latest).write(db)
    }

    private func finish(_ db: Database, _ cursor: ReindexCursor) throws {
        try db.execute(sql: Reindexer.countBlacklist)
        // The last records may be deleted: nothing is left to be counted, but all ids are.
        var plates = try PackedPlateTable(db, limits: limits)
        try plates.count(db, to: cursor.latest)
        try db.setMeta(Watermarks.latestRecordKey, "\(cursor.latest)")
        try db.setMeta("time_zone", calendar.timeZone.identifier)
        // For pages that show totals; of the time of the event before, as nothing happened since.
        try db.execute(
            sql: """
                INSERT INTO events (id, kind, at, data)
                SELECT id + 1, ?, at, '{"reason":"reindexed"}' FROM events ORDER BY id DESC LIMIT 1
                """,
            arguments: [Event.Kind.stats.code]
        )
        try ReindexCursor.remove(db)
    }

    /// The end of the next commit's records; nil behind the last one.
    private func end(after id: Int64, latest: Int64) throws -> Int64? {
        let next = try pool.read {
            try Int64.fetchOne($0, sql: "SELECT MIN(id) FROM records WHERE id > ?", arguments: [id])
        }
        return next.map { min($0 + recordsPerCommit - 1, latest) }
    }

    private static let mendPercents = """
        UPDATE records SET percent = CAST(lpr_percent(confidence) AS INTEGER)
        WHERE percent IS NOT CAST(lpr_percent(confidence) AS INTEGER)
        """

    private static let countBlacklist = """
        DELETE FROM blacklist_counts;
        INSERT INTO blacklist_counts \(BlacklistCount.counted);
        """
}
