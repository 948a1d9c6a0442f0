import GRDB

/// The metadata table of the store.
extension Database {
    /// The value of a key; nil if there is none.
    func meta(_ key: String) throws -> String? {
        try String.fetchOne(
            cachedStatement(sql: "SELECT value FROM meta WHERE key = ?"),
            arguments: [key]
        )
    }

    /// Sets the value of a key.
    func setMeta(_ key: String, _ value: String) throws {
        try cachedStatement(sql: "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")
            .execute(arguments: [key, value])
    }
}
