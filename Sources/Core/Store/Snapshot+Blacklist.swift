import GRDB

extension Snapshot {
    /// The blacklist, newest first: the entries that count at an instant, or all that ever were.
    public func blacklist(all: Bool, at now: Timestamp) throws -> [BlacklistEntry] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM blacklist
                    \(all ? "" : "WHERE active AND (expires IS NULL OR expires > :now)")
                    ORDER BY id DESC
                    """
            ),
            arguments: all ? [:] : ["now": now.milliseconds]
        ).map(BlacklistEntry.init(row:))
    }

    /// The entries that were not removed, expired ones included: what a page without a clock shows.
    public func blacklistNotRemoved() throws -> [BlacklistEntry] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM blacklist WHERE active ORDER BY id DESC")
        )
        .map(BlacklistEntry.init(row:))
    }

    /// One entry by its id; nil where there is none.
    public func blacklistEntry(id: Int64) throws -> BlacklistEntry? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM blacklist WHERE id = ?"),
            arguments: [id]
        )
        .map(BlacklistEntry.init(row:))
    }

    /// Records that matched the blacklist and arrived since an instant, the newest alert first.
    ///
    /// Those that were seen since then are among them: nothing arrives before it is seen.
    public func detections(since instant: Timestamp, limit: Int) throws -> [Record] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT \(Record.columns), l.raised FROM alerts l CROSS JOIN records r ON r.id = l.record
                    \(Record.joins) ORDER BY l.id DESC LIMIT ?
                    """
            ),
            arguments: [limit]
        )
        var records: [Record] = []
        // Alerts are numbered as they are raised: no index by time is needed.
        while let row = try rows.next(), (row["raised"] as Int64) >= instant.milliseconds {
            records.append(Record(row: row))
        }
        return records
    }

    /// The blacklist's figures at an instant.
    public func blacklistCounts(at now: Timestamp) throws -> BlacklistCounts {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT
                        COALESCE(SUM(active AND (expires IS NULL OR expires > :now)), 0) AS active,
                        COUNT(*) AS entries,
                        COALESCE(SUM(created >= :week), 0) AS recent,
                        (SELECT COALESCE(SUM(hits), 0) FROM cameras) AS detections,
                        (SELECT COALESCE(SUM(hits), 0) FROM days WHERE day = :today) AS today
                    FROM blacklist
                    """
            ),
            arguments: [
                "now": now.milliseconds, "week": now.adding(seconds: -7 * 86_400).milliseconds,
                "today": calendar.day(of: now).daysSinceEpoch,
            ]
        )
        let active: Int = row?["active"] ?? 0
        return BlacklistCounts(
            active: active,
            inactive: (row?["entries"] ?? 0) - active,
            addedInLastWeek: row?["recent"] ?? 0,
            detectionsToday: row?["today"] ?? 0,
            detections: row?["detections"] ?? 0
        )
    }
}

/// The blacklist's figures.
public struct BlacklistCounts: Sendable, Equatable {
    /// Entries that count.
    public let active: Int
    /// Entries that were removed or have expired.
    public let inactive: Int
    /// Entries that were added in the last 7 days.
    public let addedInLastWeek: Int
    /// Records of today that matched.
    public let detectionsToday: Int
    /// All kept records that matched.
    public let detections: Int
}
