import GRDB

/// The unique index of event ids becomes one that the writer keeps by itself (``EventIndex``).
extension Schema {
    static func indexEvents(
        _ db: Database,
        recordsPerRun: Int64 = EventBuckets.recordsPerNewRun
    ) throws {
        try db.execute(sql: tables)
        try db.setMeta(EventBuckets.recordsPerRunKey, "\(recordsPerRun)")
        let latest = try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM records") ?? 0
        try EventRound(entered: latest).write(db)
        var index = try EventIndex(db, limits: Limits())
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
