import GRDB

/// How far a reindex is, as the database notes it.
struct ReindexCursor: Equatable {
    /// What is made next, in the order in which it is made: everything else reads SQLite's indexes, the index by camera has
    /// the percents, and plates are counted by the index of their records.
    enum Step: String, CaseIterable {
        case records, platesIndex, camerasIndex, counters, dedup, last

        var number: Int { Step.allCases.firstIndex(of: self) ?? 0 }
    }

    private(set) var step = Step.records
    /// The records up to this id are done, in a step that is committed in parts.
    var after: Int64 = 0
    /// The smallest id of a record.
    let first: Int64
    /// The greatest id that was given to a record.
    let latest: Int64
    /// How many records there are.
    let count: Int64
    /// The site's time zone, by whose days records are counted.
    let timeZone: String

    /// The beginning.
    init(_ db: Database, timeZone: String) throws {
        self.timeZone = timeZone
        count = try Int64.fetchOne(db, sql: "SELECT COUNT(*) FROM records") ?? 0
        first = try Int64.fetchOne(db, sql: "SELECT MIN(id) FROM records") ?? 1
        latest = try ReindexCursor.latestRecord(db)
    }

    /// The greatest id of which anything is left: none may be given twice.
    private static func latestRecord(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT MAX(id) FROM (
                    SELECT MAX(id) AS id FROM records
                    UNION ALL SELECT MAX(record) FROM alerts
                    UNION ALL SELECT MAX(record) FROM deleted_reads
                    UNION ALL SELECT MAX(first_record) FROM detections
                    UNION ALL SELECT MAX(subject) FROM events WHERE kind = \(Event.Kind.read.code)
                    UNION ALL SELECT CAST(value AS INTEGER) FROM meta WHERE key = '\(Watermarks.latestRecordKey)'
                )
                """
        ) ?? 0
    }

    /// About how many records a step has done that is committed in parts.
    var recordsDone: Int64 {
        guard after >= first, latest >= first else { return 0 }
        return Int64(Double(count) * Double(after - first + 1) / Double(latest - first + 1))
    }

    mutating func advance() {
        let all = Step.allCases
        step = all[min(step.number + 1, all.count - 1)]
        after = 0
    }

    /// Whether what is done is good for another beginning's records.
    func isOfSameRecords(as other: ReindexCursor) -> Bool {
        (first, latest, count, timeZone)
            == (other.first, other.latest, other.count, other.timeZone)
    }

    // MARK: - In the database

    private static let key = "reindex"

    /// Has everything made at this start, or at the next one.
    static func want(_ db: Database) throws { try db.setMeta(key, "wanted") }

    /// Whether derived tables are half made or out of date.
    static func isPending(_ db: Database) throws -> Bool { try db.meta(key) != nil }

    /// The one that is noted; nil if there is none, or if none of it is done.
    static func noted(_ db: Database) throws -> ReindexCursor? {
        let parts = try db.meta(key)?.split(separator: " ", maxSplits: 5).map(String.init) ?? []
        guard parts.count == 6, let step = Step(rawValue: parts[0]), let after = Int64(parts[1]),
            let first = Int64(parts[2]), let latest = Int64(parts[3]), let count = Int64(parts[4])
        else { return nil }
        return ReindexCursor(
            step: step,
            after: after,
            first: first,
            latest: latest,
            count: count,
            timeZone: parts[5]
        )
    }

    private init(
        step: Step,
        after: Int64,
        first: Int64,
        latest: Int64,
        count: Int64,
        timeZone: String
    ) {
        (self.step, self.after, self.first, self.latest) = (step, after, first, latest)
        (self.count, self.timeZone) = (count, timeZone)
    }

    func write(_ db: Database) throws {
        try db.setMeta(
            ReindexCursor.key,
            "\(step.rawValue) \(after) \(first) \(latest) \(count) \(timeZone)"
        )
    }

    static func remove(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM meta WHERE key = ?", arguments: [key])
    }
}

/// How far a reindex is.
public struct ReindexProgress: Sendable {
    /// What is being made.
    public let name: String
    /// The number of its step, from 1.
    public let step: Int
    /// How many steps there are.
    public let steps: Int
    /// How many records the step has done.
    public let records: Int64
    /// How many records there are.
    public let total: Int64

    init(_ cursor: ReindexCursor, records: Int64) {
        name =
            switch cursor.step {
            case .records: "SQLite's indexes and percents"
            case .platesIndex: "records by plate"
            case .camerasIndex: "records by camera"
            case .counters: "counters and plates"
            case .dedup, .last: "event ids"
            }
        step = cursor.step.number + 1
        steps = ReindexCursor.Step.allCases.count - 1
        self.records = records
        total = cursor.count
    }

    /// Which part of all steps is done, from 0 to 1.
    public var fraction: Double {
        let ofStep = total == 0 ? 1 : min(1, Double(records) / Double(total))
        return (Double(step - 1) + ofStep) / Double(steps)
    }
}
