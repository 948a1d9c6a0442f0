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

extension Database {
    /// Reads large data once: it uses at most 1 MiB of the connection's cache, which never shrinks below its peak, and leaves
    /// nothing of it behind.
    func readOnce<T>(_ body: () throws -> T) throws -> T {
        let size = try Int.fetchOne(self, sql: "PRAGMA cache_size") ?? 0
        try execute(sql: "PRAGMA cache_size = -1024")
        let result = Result { try body() }
        try execute(sql: "PRAGMA shrink_memory")
        try execute(sql: "PRAGMA cache_size = \(size)")
        return try result.get()
    }
}
