import GRDB

/// What the store notes of itself, by its name.
extension Database {
    /// What was noted; nil where nothing was.
    func meta(_ key: String) throws -> String? {
        try String.fetchOne(
            cachedStatement(sql: "SELECT value FROM meta WHERE key = ?"),
            arguments: [key]
        )
    }

    /// Notes something in place of what was noted before.
    func setMeta(_ key: String, _ value: String) throws {
        try cachedStatement(sql: "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")
            .execute(arguments: [key, value])
    }
}
