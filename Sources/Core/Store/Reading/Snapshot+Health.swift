import GRDB

extension Snapshot {
    /// The newest check of the server; nil before the first.
    public func latestHealthCheck() throws -> HealthCheck? {
        try healthChecks(since: Timestamp(milliseconds: 0), limit: 1).first
    }

    /// The checks of the server since an instant, newest first.
    public func healthChecks(since instant: Timestamp, limit: Int) throws -> [HealthCheck] {
        try String.fetchAll(
            db.cachedStatement(
                sql:
                    "SELECT report FROM health_checks WHERE at >= ? ORDER BY at DESC, id DESC LIMIT ?"
            ),
            arguments: [instant.milliseconds, limit]
        ).compactMap { HealthCheck(json: try JSONParser.parse(Array($0.utf8))) }
    }

    /// The cameras' health reports since an instant, newest first.
    public func healthReports(since instant: Timestamp, limit: Int) throws -> [KeptHealthReport] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT h.id, c.name, h.at, h.component, h.status, h.message, h.details
                    FROM health_reports h JOIN cameras c ON c.id = h.camera
                    WHERE h.at >= ? ORDER BY h.at DESC, h.id DESC LIMIT ?
                    """
            ),
            arguments: [instant.milliseconds, limit]
        ).map { row in
            KeptHealthReport(
                id: row["id"],
                cameraID: row["name"],
                component: row["component"],
                status: row["status"],
                message: row["message"],
                details: row["details"],
                receivedAt: Timestamp(milliseconds: row["at"])
            )
        }
    }

    /// The size of the database.
    public func databaseCounts(at now: Timestamp) throws -> DatabaseCounts {
        func number(_ sql: String) throws -> Int64 {
            try Int64.fetchOne(db.cachedStatement(sql: sql)) ?? 0
        }
        return DatabaseCounts(
            bytes: try number("PRAGMA page_count") * number("PRAGMA page_size"),
            freeBytes: try number("PRAGMA freelist_count") * number("PRAGMA page_size"),
            records: try number("SELECT COALESCE(SUM(reads), 0) FROM cameras"),
            plates: try number("SELECT COALESCE(MAX(rowid), 0) FROM plates"),
            cameras: try number("SELECT COUNT(*) FROM cameras"),
            blacklistEntries: Int64(try blacklistCounts(at: now).active),
            alerts: try number("SELECT COALESCE(SUM(hits), 0) FROM cameras"),
            events: try number("SELECT COALESCE(MAX(id) - MIN(id) + 1, 0) FROM events"),
            healthChecks: try number("SELECT COUNT(*) FROM health_checks"),
            oldestRecord: Timestamp(
                try Int64.fetchOne(db.cachedStatement(sql: "SELECT MIN(seen) FROM records"))
            )
        )
    }
}

/// A stored health report of a camera.
public struct KeptHealthReport: Sendable, Equatable {
    /// The id.
    public let id: Int64
    /// The camera.
    public let cameraID: String
    /// The component of the camera.
    public let component: String
    /// `healthy`, `warning` or `error`.
    public let status: String
    /// The text.
    public let message: String
    /// Additional values as a JSON object.
    public let details: String?
    /// When it was received.
    public let receivedAt: Timestamp
}

/// The size of the database.
public struct DatabaseCounts: Sendable, Equatable {
    /// Bytes of the file, without its WAL.
    public let bytes: Int64
    /// Bytes of free pages in it.
    public let freeBytes: Int64
    /// Records.
    public let records: Int64
    /// Distinct plates (an upper bound after deletions).
    public let plates: Int64
    /// Cameras.
    public let cameras: Int64
    /// Active entries of the blacklist, neither removed nor expired.
    public let blacklistEntries: Int64
    /// Alerts.
    public let alerts: Int64
    /// Events in the event log.
    public let events: Int64
    /// Checks of the server.
    public let healthChecks: Int64
    /// When the oldest record was seen.
    public let oldestRecord: Timestamp?
}
