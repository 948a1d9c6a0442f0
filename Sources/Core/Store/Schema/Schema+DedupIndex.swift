import GRDB

/// The unique index of event ids becomes one that the writer keeps by itself (``DedupIndex``).
extension Schema {
    static func indexEvents(
        _ db: Database,
        recordsPerRun: Int64 = DedupBuckets.recordsPerNewRun
    ) throws {
        try db.execute(sql: tables)
        try db.setMeta(DedupBuckets.recordsPerRunKey, "\(recordsPerRun)")
        let latest = try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM records") ?? 0
        try FlushCursor(entered: latest).write(db)
        var index = try DedupIndex(db, limits: Limits())
        try index.enterAll(db)
        try db.execute(sql: "DROP INDEX records_by_event")
    }

    private static let tables = """
        CREATE TABLE event_buckets (id INTEGER PRIMARY KEY, entries BLOB NOT NULL);
        CREATE TABLE event_filters (
            run INTEGER NOT NULL, part INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY (run, part)
        );
        INSERT INTO meta (key, value) VALUES ('event_salt', lower(hex(randomblob(12))));
        """
}
