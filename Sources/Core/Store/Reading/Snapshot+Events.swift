import GRDB

extension Snapshot {
    /// Events after an id, oldest first, at most `limit`.
    ///
    /// Reads that were deleted since are left out.
    public func events(
        after id: Int64,
        limit: Int,
        kinds: Set<Event.Kind> = Set(Event.Kind.allCases),
        cameraID: String? = nil
    ) throws -> [Event] {
        let codes = kinds.map { String($0.code) }.sorted().joined(separator: ",")
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT e.id, e.kind, e.at, ec.name, e.subject, e.data, \(Record.columns),
                        a.id, a.record, a.entry, a.certain, a.reason, a.raised, c.location, b.*
                    FROM events e
                    LEFT JOIN cameras ec ON ec.id = e.camera
                    LEFT JOIN alerts a ON e.kind = 2 AND a.id = e.subject
                    LEFT JOIN records r
                        ON r.id = CASE e.kind WHEN 1 THEN e.subject WHEN 2 THEN a.record END
                    LEFT JOIN cameras c ON c.id = r.camera
                    LEFT JOIN plates p ON p.id = r.plate
                    LEFT JOIN places o ON o.id = r.place
                    LEFT JOIN blacklist b ON b.id = a.entry
                    WHERE e.id > ?1 AND e.kind IN (\(codes)) AND (e.kind > 2 OR r.id IS NOT NULL)
                        AND (?2 IS NULL OR ec.name = ?2)
                    ORDER BY e.id LIMIT ?3
                    """
            ),
            arguments: [id, cameraID, limit],
            adapter: ScopeAdapter([
                "alert": SuffixRowAdapter(fromIndex: Self.alertColumn),
                "entry": SuffixRowAdapter(fromIndex: Self.entryColumn),
            ])
        )
        var events: [Event] = []
        while let row = try rows.next() {
            if let event = event(row) { events.append(event) }
        }
        return events
    }

    /// Where the columns of the event itself end, and those of its record begin.
    private static let recordColumn = 6
    private static let alertColumn = recordColumn + Record.columnCount
    /// Behind the alert's six columns and the camera's location.
    private static let entryColumn = alertColumn + 7

    /// The id of the newest event of any kind; 0 if there is none.
    public func newestEventID() throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT MAX(id) FROM events")) ?? 0
    }

    /// The id of the newest event of the given kinds; 0 if there is none.
    public func newestEventID(of kinds: Set<Event.Kind>) throws -> Int64 {
        let codes = kinds.map { String($0.code) }.sorted().joined(separator: ",")
        return try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT id FROM events WHERE kind IN (\(codes)) ORDER BY id DESC LIMIT 1"
            )
        ) ?? 0
    }

    /// The stored position of a follower of the event log; nil if none is stored.
    public func position(ofFollower name: String) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT position FROM followers WHERE name = ?"),
            arguments: [name]
        )
    }

    private func event(_ row: Row) -> Event? {
        guard let kind = Event.Kind(code: row[1]) else { return nil }
        let subject: Int64? = row[4]
        let json: String =
            switch kind {
            case .read: Record(row: row, first: Self.recordColumn).json
            case .alert: alertJSON(row, Record(row: row, first: Self.recordColumn))
            default: row[5] ?? "{}"
            }
        return Event(
            id: row[0],
            kind: kind,
            at: Timestamp(milliseconds: row[2]),
            cameraID: row[3],
            subject: subject,
            json: json
        )
    }

    /// The location is the read's own, else its camera's last known one.
    private func alertJSON(_ row: Row, _ record: Record) -> String {
        guard let alert = row.scopes["alert"].flatMap(Alert.init(row:)) else { return "{}" }
        let entry = row.scopes["entry"].flatMap { row in
            (row["id"] as Int64?).map { _ in BlacklistEntry(row: row) }
        }
        let place: String? = record.location.text ?? row.scopes["alert"]?["location"]
        return EventData.alert(alert, of: record, entry: entry, place: place)
    }
}

extension Alert {
    /// Nil if the row has none.
    fileprivate init?(row: Row) {
        guard let id: Int64 = row["id"] else { return nil }
        self.init(
            id: id,
            recordID: row["record"],
            entryID: row["entry"],
            match: (row["certain"] as Bool) ? .certain : .possible,
            reason: row["reason"],
            raisedAt: Timestamp(milliseconds: row["raised"])
        )
    }
}
