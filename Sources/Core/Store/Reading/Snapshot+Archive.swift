import GRDB

extension Snapshot {
    /// All days with records, with their counters, oldest first.
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

    /// How many records of a day stand at or after a place in its order.
    ///
    /// For a new read that is only the new ones; for a late one, what has to be moved along.
    public func countOfRecords(of day: Day, from place: SortKey) throws -> Int {
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

    /// The changes since an event, by which the affected pages are found.
    ///
    /// Reads at most `limit` events; call again from `lastEventID` for the rest.
    public func changes(after eventID: Int64, limit: Int) throws -> Changes {
        var changes = Changes(lastEventID: eventID)
        let rows = try RawStatement(
            db,
            """
            SELECT e.id, e.kind, e.camera, e.subject, r.seen, CASE WHEN e.kind = 6 OR e.kind = 4 AND e.subject IS NULL THEN e.data END,
                r.hit
            FROM events e LEFT JOIN records r ON e.kind IN (1, 6) AND r.id = e.subject
            WHERE e.id > ?1 ORDER BY e.id LIMIT ?2
            """
        )
        try rows.bind(eventID, Int64(limit))
        // Reads come in the order of time, more or less: most are of the same day as the one before.
        var day = (span: Timestamp(milliseconds: 0)..<Timestamp(milliseconds: 0), day: Day?.none)
        while try rows.next() {
            guard let kind = Event.Kind(code: Int(rows.integer(1))) else { continue }
            changes.lastEventID = rows.integer(0)
            if !rows.isNull(2) { changes.cameras.insert(rows.integer(2)) }
            let correction = kind == .stats ? try json(rows.text(5)) : nil
            let isPicture = correction.map(EventData.isPictureAdded) ?? false
            // A picture that came later concerns the pages that a read does.
            changes.kinds.insert(isPicture ? .read : kind)
            if isPicture, !rows.isNull(4) {
                changes.corrected.insert(rows.integer(3))
                if rows.integer(6) > 0 { changes.kinds.insert(.alert) }
            }
            if kind == .read || isPicture, !rows.isNull(4) {
                let seen = Timestamp(milliseconds: rows.integer(4))
                if !day.span.contains(seen) {
                    let found = calendar.day(of: seen)
                    day = (calendar.interval(of: found), found)
                }
                changes.add(
                    SortKey(seen: seen, id: rows.integer(3)),
                    on: day.day ?? calendar.day(of: seen)
                )
            }
            if let correction, !isPicture { changes.addRewritten(correction) }
            if kind == .blacklist {
                try add(entry: rows.isNull(3) ? nil : rows.integer(3), rows.text(5), to: &changes)
            }
        }
        return changes
    }

    private func json(_ data: String?) throws -> JSON? {
        try data.map { try JSONParser.parse(Array($0.utf8)) }
    }

    /// Adds the entries of the blacklist that an event is about: one by its id, or many by what the event says.
    private func add(entry id: Int64?, _ data: String?, to changes: inout Changes) throws {
        if let id { return changes.add(entries: id...id) }
        guard let data else { return }
        let json = try JSONParser.parse(Array(data.utf8))
        if case .number(let first)? = json["first_id"], case .number(let last)? = json["last_id"] {
            changes.add(entries: Int64(first)...Int64(max(first, last)))
        }
        if case .array(let ids)? = json["removed_ids"] {
            for case .number(let id) in ids { changes.add(entries: Int64(id)...Int64(id)) }
        }
        if case .string(let after)? = json["after"], case .string(let through)? = json["through"],
            let after = Timestamp(rfc3339: after), let through = Timestamp(rfc3339: through)
        {
            for id in try expired(after: after, through: through) { changes.add(entries: id...id) }
        }
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
public struct SortKey: Sendable, Comparable {
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
    public static func < (left: SortKey, right: SortKey) -> Bool {
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
    public var earliest: [Day: SortKey] = [:]
    /// The days with removed records, whose pages must all be rendered again.
    public var rewrittenDays: Set<Day> = []
    /// The names of the cameras with removed records.
    public var rewrittenCameras: Set<String> = []
    /// The ids of the plates with removed records; a plate without records is deleted.
    public var rewrittenPlates: Set<Int64> = []
    /// The ids of the blacklist's entries that were added, removed or have expired.
    public var entries: [ClosedRange<Int64>] = []
    /// The ids of records that look otherwise than before: they got a picture.
    public var corrected: Set<Int64> = []

    /// Adds what a later stretch changed.
    public mutating func merge(_ later: Changes) {
        lastEventID = later.lastEventID
        kinds.formUnion(later.kinds)
        cameras.formUnion(later.cameras)
        earliest.merge(later.earliest) { min($0, $1) }
        rewrittenDays.formUnion(later.rewrittenDays)
        rewrittenCameras.formUnion(later.rewrittenCameras)
        rewrittenPlates.formUnion(later.rewrittenPlates)
        for range in later.entries { add(entries: range) }
        corrected.formUnion(later.corrected)
    }

    mutating func add(entries range: ClosedRange<Int64>) {
        guard let last = entries.last, last.upperBound + 1 == range.lowerBound else {
            return entries.append(range)
        }
        entries[entries.count - 1] = last.lowerBound...range.upperBound
    }

    mutating func add(_ place: SortKey, on day: Day) {
        earliest[day] = min(earliest[day] ?? place, place)
    }

    /// Adds an event's data about removed records.
    fileprivate mutating func addRewritten(_ json: JSON) {
        func list(_ name: String) -> [JSON] {
            guard case .array(let values)? = json[name] else { return [] }
            return values
        }
        for case .string(let text) in list("days") {
            if let day = Day(text) { rewrittenDays.insert(day) }
        }
        for case .string(let name) in list("camera_ids") { rewrittenCameras.insert(name) }
        for case .number(let id) in list("plate_ids") { rewrittenPlates.insert(Int64(id)) }
    }
}
