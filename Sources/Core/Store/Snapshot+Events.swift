import GRDB

extension Snapshot {
    /// Events after an id, oldest first, `limit` at the most.
    ///
    /// Reads that were deleted since are left out: what is gone is told to nobody.
    public func events(
        after id: Int64,
        limit: Int,
        kinds: Set<Event.Kind> = Set(Event.Kind.allCases),
        cameraID: String? = nil
    ) throws -> [Event] {
        let codes = kinds.map { String($0.code) }.sorted().joined(separator: ",")
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT e.id, e.kind, e.at, c.name, e.subject, e.data, a.record
                FROM events e
                LEFT JOIN cameras c ON c.id = e.camera
                LEFT JOIN alerts a ON e.kind = 2 AND a.id = e.subject
                LEFT JOIN records r
                    ON r.id = CASE e.kind WHEN 1 THEN e.subject WHEN 2 THEN a.record END
                WHERE e.id > ?1 AND e.kind IN (\(codes)) AND (e.kind > 2 OR r.id IS NOT NULL)
                    AND (?2 IS NULL OR c.name = ?2)
                ORDER BY e.id LIMIT ?3
                """,
            arguments: [id, cameraID, limit]
        )
        return try rows.compactMap { row in try event(row) }
    }

    /// The id of the newest event of any kind; 0 where there is none.
    public func newestEventID() throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM events") ?? 0
    }

    private func event(_ row: Row) throws -> Event? {
        guard let kind = Event.Kind(code: row["kind"]) else { return nil }
        let subject: Int64? = row["subject"]
        return Event(
            id: row["id"],
            kind: kind,
            at: Timestamp(milliseconds: row["at"]),
            cameraID: row["name"],
            subject: subject,
            json: try json(of: kind, subject: subject, row: row)
        )
    }

    private func json(of kind: Event.Kind, subject: Int64?, row: Row) throws -> String {
        switch kind {
        case .read:
            guard let subject, let record = try record(id: subject) else { return "{}" }
            return record.json
        case .alert:
            guard let subject, let alert = try alert(id: subject),
                let record = try record(id: alert.recordID)
            else { return "{}" }
            return try alertJSON(alert, record)
        default:
            return row["data"] ?? "{}"
        }
    }

    private func alert(id: Int64) throws -> Alert? {
        try Row.fetchOne(db, sql: "SELECT * FROM alerts WHERE id = ?", arguments: [id]).map { row in
            Alert(
                id: row["id"],
                recordID: row["record"],
                entryID: row["entry"],
                match: (row["certain"] as Bool) ? .certain : .possible,
                reason: row["reason"],
                raisedAt: Timestamp(milliseconds: row["raised"])
            )
        }
    }

    /// WIRE's `blacklist_alert`.
    private func alertJSON(_ alert: Alert, _ record: Record) throws -> String {
        let entry = try blacklistEntry(id: alert.entryID)
        var writer = JSONWriter(capacity: 1_024)
        writer.object { writer in
            writer.field("type", "blacklist_alert")
            writer.field("alert_id", alert.id)
            writer.field("match", alert.match.rawValue)
            writer.field("lpr_record", record)
            writer.field("blacklist_entry", entry)
            writer.field("timestamp", alert.raisedAt)
        }
        return writer.text
    }
}
