import GRDB

extension Snapshot {
    /// All days that have records, with their figures, oldest first.
    public func daysWithRecords() throws -> [Statistics.DayCount] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT day, reads, hits FROM days WHERE reads > 0 ORDER BY day"
            )
        )
        .map {
            Statistics.DayCount(
                day: Day(daysSinceEpoch: $0["day"]),
                count: Statistics.Count(reads: $0["reads"], hits: $0["hits"])
            )
        }
    }

    /// The `count` records of a day that come last before a place in its order, oldest first.
    ///
    /// With no place, the day's last. The cost does not depend on how long the day is.
    public func records(
        of day: Day,
        before place: RecordPlace?,
        count: Int
    ) throws -> [Record] {
        let span = calendar.interval(of: day)
        let to = place?.seen ?? span.upperBound
        return try Record.all(
            Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT \(Record.columns) FROM records r \(Record.joins)
                        WHERE r.seen >= ?1 AND r.seen <= ?2 AND (r.seen < ?2 OR r.id < ?3)
                        ORDER BY r.seen DESC, r.id DESC LIMIT ?4
                        """
                ),
                arguments: [
                    span.lowerBound.milliseconds, to.milliseconds, place?.id ?? 0, count,
                ]
            )
        ).reversed()
    }

    /// How many records of a day stand at or after a place in its order.
    ///
    /// For a new read that is only the new ones; for a late one, what has to be moved along.
    public func countOfRecords(of day: Day, from place: RecordPlace) throws -> Int {
        let span = calendar.interval(of: day)
        return try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT COUNT(*) FROM records
                    WHERE seen >= ?1 AND seen < ?2 AND (seen > ?1 OR id >= ?3)
                    """
            ),
            arguments: [
                place.seen.milliseconds, span.upperBound.milliseconds, place.id,
            ]
        ) ?? 0
    }

    /// What changed since an event, gathered so that every page that it touches can be found.
    ///
    /// Looks at `limit` events at the most; ask again from `lastEventID` for the rest.
    public func changes(after eventID: Int64, limit: Int) throws -> Changes {
        var changes = Changes(lastEventID: eventID)
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT e.id, e.kind, e.camera, e.subject, e.data, r.seen
                    FROM events e LEFT JOIN records r ON e.kind = 1 AND r.id = e.subject
                    WHERE e.id > ? ORDER BY e.id LIMIT ?
                    """
            ),
            arguments: [eventID, limit]
        )
        while let row = try rows.next() {
            guard let kind = Event.Kind(code: row["kind"]) else { continue }
            changes.lastEventID = row["id"]
            changes.kinds.insert(kind)
            if let camera: Int64 = row["camera"] { changes.cameras.insert(camera) }
            if kind == .read, let seen = Timestamp(row["seen"] as Int64?) {
                changes.add(
                    RecordPlace(seen: seen, id: row["subject"]),
                    on: calendar.day(of: seen)
                )
            }
            if kind == .stats, let data: String = row["data"] {
                try changes.addRewrittenDays(of: data)
            }
        }
        return changes
    }

    /// The id of the newest event that pages can depend on: any but `site`; 0 where there is none.
    public func latestEventID() throws -> Int64 {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT id FROM events WHERE kind <> 7 ORDER BY id DESC LIMIT 1"
            )
        ) ?? 0
    }

    /// When an event was; nil where the log does not hold it.
    public func time(ofEvent id: Int64) throws -> Timestamp? {
        Timestamp(
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT at FROM events WHERE id = ?"),
                arguments: [id]
            )
        )
    }

    /// The id of the oldest event that the log still holds; nil where it is empty.
    public func oldestEventID() throws -> Int64? {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT MIN(id) FROM events"))
    }
}

/// A record's place in the order of all records: by when it was seen, then by id.
public struct RecordPlace: Sendable, Comparable {
    /// When it was seen.
    public let seen: Timestamp
    /// Its id.
    public let id: Int64

    /// A place.
    public init(seen: Timestamp, id: Int64) {
        self.seen = seen
        self.id = id
    }

    /// Whether the left one comes first.
    public static func < (left: RecordPlace, right: RecordPlace) -> Bool {
        (left.seen, left.id) < (right.seen, right.id)
    }
}

/// What a stretch of the event log changed.
public struct Changes: Sendable {
    /// The last event that was looked at.
    public var lastEventID: Int64
    /// Which kinds of event there were.
    public var kinds: Set<Event.Kind> = []
    /// The numbers of the cameras that were concerned.
    public var cameras: Set<Int64> = []
    /// The days with new records, each with the place of the earliest of them.
    public var earliest: [Day: RecordPlace] = [:]
    /// The days whose records were removed, so that all their pages must be made again.
    public var rewrittenDays: Set<Day> = []

    /// Adds what a later stretch changed.
    public mutating func merge(_ later: Changes) {
        lastEventID = later.lastEventID
        kinds.formUnion(later.kinds)
        cameras.formUnion(later.cameras)
        earliest.merge(later.earliest) { min($0, $1) }
        rewrittenDays.formUnion(later.rewrittenDays)
    }

    mutating func add(_ place: RecordPlace, on day: Day) {
        earliest[day] = min(earliest[day] ?? place, place)
    }

    mutating func addRewrittenDays(of data: String) throws {
        guard case .array(let days)? = try JSONParser.parse(Array(data.utf8))["days"] else {
            return
        }
        for case .string(let text) in days {
            if let day = Day(text) { rewrittenDays.insert(day) }
        }
    }
}
