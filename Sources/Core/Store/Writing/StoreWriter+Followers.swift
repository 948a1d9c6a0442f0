import GRDB

/// Where followers of the event log stand that go on after a restart.
extension StoreWriter {
    /// Keeps a follower's position.
    func keepPosition(_ id: Int64, ofFollower name: String) throws {
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO followers (name, position, at) VALUES (?, ?, ?)"
        )
        .execute(arguments: [name, id, now.milliseconds])
    }

    /// Forgets a follower, which will not come again.
    func forgetFollower(_ name: String) throws {
        try db.execute(sql: "DELETE FROM followers WHERE name = ?", arguments: [name])
    }

    /// Those that have not taken all events before `id`, of those that had what was before `oldest`.
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
