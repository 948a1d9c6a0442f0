import GRDB

/// The stored positions of followers of the event log, which resume after a restart.
extension StoreWriter {
    /// Stores a follower's position.
    func keepPosition(_ id: Int64, ofFollower name: String) throws {
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO followers (name, position, at) VALUES (?, ?, ?)"
        )
        .execute(arguments: [name, id, now.milliseconds])
    }

    /// Removes a follower for good.
    func forgetFollower(_ name: String) throws {
        try db.execute(sql: "DELETE FROM followers WHERE name = ?", arguments: [name])
    }

    /// The followers that have not handled all events before `id`, of those that had all before `oldest`.
    private func followersLeft(behind id: Int64, from oldest: Int64) throws -> [String] {
        try String.fetchAll(
            db,
            sql: "SELECT name FROM followers WHERE position >= ? AND position < ? ORDER BY name",
            arguments: [oldest - 1, id - 1]
        )
    }

    /// Lets the oldest events go, a thousand at a time, so that the log stays bounded.
    func pruneEvents() throws {
        let keepFrom = logEnd.latestEventID - Int64(limits.eventLogMax) + 1
        guard keepFrom - oldestEventID >= 1_000 else { return }
        followersLeftBehind += try followersLeft(behind: keepFrom, from: oldestEventID)
        try db.execute(sql: "DELETE FROM events WHERE id < ?", arguments: [keepFrom])
        oldestEventID = keepFrom
    }
}
