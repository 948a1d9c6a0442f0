import GRDB

extension Snapshot {
    /// One entry by its id; nil if there is none.
    public func blacklistEntry(id: Int64) throws -> BlacklistEntry? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM blacklist WHERE id = ?"),
            arguments: [id]
        )
        .map(BlacklistEntry.init(row:))
    }

    /// Records that matched the blacklist and arrived since an instant, newest alert first.
    ///
    /// These include all that were seen since then: no record arrives before it is seen.
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
        // Alerts are numbered in the order in which they are raised: no index by time is needed.
        while let row = try rows.next(), (row["raised"] as Int64) >= instant.milliseconds {
            records.append(Record(row: row))
        }
        return records
    }

    /// The blacklist's statistics at an instant.
    public func blacklistCounts(at now: Timestamp) throws -> BlacklistCounts {
        let active = try db.blacklistLength(at: now)
        let week = now.adding(seconds: -7 * 86_400).milliseconds / 60_000
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT (SELECT COALESCE(SUM(hits), 0) FROM cameras) AS detections,
                        (SELECT COALESCE(SUM(hits), 0) FROM days WHERE day = :today) AS today,
                        (SELECT COALESCE(SUM(entries), 0) FROM blacklist_counts
                            WHERE kind = 2 AND minute >= :week) AS recent
                    """
            ),
            arguments: ["week": week, "today": calendar.day(of: now).daysSinceEpoch]
        )
        return BlacklistCounts(
            active: active,
            inactive: try db.blacklistCount(.all) - active,
            addedInLastWeek: row?["recent"] ?? 0,
            detectionsToday: row?["today"] ?? 0,
            detections: row?["detections"] ?? 0
        )
    }
}

extension Database {
    /// A count of the blacklist that does not depend on time.
    func blacklistCount(_ kind: BlacklistCount) throws -> Int {
        try Int.fetchOne(
            cachedStatement(
                sql: "SELECT entries FROM blacklist_counts WHERE kind = ? AND minute = 0"
            ),
            arguments: [kind.rawValue]
        ) ?? 0
    }

    /// The number of active entries at an instant: neither removed nor expired.
    ///
    /// Entries that expired in earlier minutes are counted already; those of the current minute are looked up.
    func blacklistLength(at now: Timestamp) throws -> Int {
        let minute = now.milliseconds / 60_000
        let expired = try Int.fetchOne(
            cachedStatement(
                sql: """
                    SELECT (SELECT COALESCE(SUM(entries), 0) FROM blacklist_counts
                            WHERE kind = 3 AND minute < ?1)
                        + (SELECT COUNT(*) FROM blacklist INDEXED BY blacklist_expiring
                            WHERE active AND expires >= ?2 AND expires <= ?3)
                    """
            ),
            arguments: [minute, minute * 60_000, now.milliseconds]
        )
        return try blacklistCount(.notRemoved) - (expired ?? 0)
    }
}

/// The blacklist's statistics.
public struct BlacklistCounts: Sendable, Equatable {
    /// Active entries.
    public let active: Int
    /// Entries that were removed or have expired.
    public let inactive: Int
    /// Entries that were added in the last 7 days, to the minute.
    public let addedInLastWeek: Int
    /// Records of today that matched.
    public let detectionsToday: Int
    /// All kept records that matched.
    public let detections: Int
}
