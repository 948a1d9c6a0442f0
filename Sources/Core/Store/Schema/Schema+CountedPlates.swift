import GRDB

/// Searches for a part of a plate look through packed pages of numbers, and their totals stand in counters
/// (``PackedPlateTable``); what a camera's or a plate's records are asked for stands in its index.
extension Schema {
    static func countPlates(_ db: Database) throws {
        let lastRecord = try Int64.fetchOne(
            db,
            sql: "SELECT seq FROM sqlite_sequence WHERE name = 'records'"
        )
        try SQLFunctions.add(to: db)
        try db.execute(sql: tables)
        // Counting fills it; databases that were counted before there was such a table get it by the next
        // migration.
        try db.execute(sql: heavyHitters)
        try db.execute(
            sql: """
                INSERT INTO indexed_records
                SELECT id, camera, plate, seen, delay, hit, CAST(lpr_percent(confidence) AS INTEGER),
                    confidence, place, event_id, picture, claimed, spelling, details
                FROM records ORDER BY id;
                DROP TABLE records; ALTER TABLE indexed_records RENAME TO records;
                INSERT INTO counted_events SELECT * FROM events;
                DROP TABLE events; ALTER TABLE counted_events RENAME TO events;
                """
        )
        try db.execute(sql: indexes)
        try db.execute(
            sql: "INSERT INTO meta (key, value) VALUES ('latest_record', ?)",
            arguments: ["\(lastRecord ?? 0)"]
        )
        var pages = try PackedPlateTable(db, records: "records")
        try pages.countAll(db)
    }

    /// Makes the counts of each camera of the plates that are read very often, where there are none yet.
    static func countFrequentPlates(_ db: Database) throws {
        guard try !db.tableExists("plate_cameras") else { return }
        try db.execute(sql: heavyHitters)
        try HeavyHitterCounts(db, records: "records").beginAll(
            readsMin: Limits().recordsPerFrequentPlate
        )
    }

    private static let heavyHitters = """
        CREATE TABLE plate_cameras (plate INTEGER PRIMARY KEY, reads BLOB NOT NULL);
        """

    /// `percent` is the whole percent of `confidence`.
    ///
    /// Ids are given by the writer (``StoreWriter/latestRecordID``): an `AUTOINCREMENT` would read and write a row
    /// of `sqlite_sequence` for each of them. The newest event is never removed, so that none is given
    /// twice.
    private static let tables = """
        CREATE TABLE indexed_records (
            id INTEGER PRIMARY KEY, camera INTEGER NOT NULL, plate INTEGER NOT NULL,
            seen INTEGER NOT NULL, delay INTEGER NOT NULL, hit INTEGER NOT NULL, percent INTEGER,
            confidence REAL, place INTEGER, event_id, picture TEXT,
            claimed INTEGER, spelling TEXT, details TEXT
        );
        CREATE TABLE counted_events (
            id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, at INTEGER NOT NULL,
            camera INTEGER, subject INTEGER, data TEXT
        );
        CREATE TABLE plate_numbers (page INTEGER PRIMARY KEY, numbers BLOB NOT NULL);
        CREATE TABLE plate_reads (page INTEGER PRIMARY KEY, reads BLOB NOT NULL);
        """

    /// What most questions count or compare stands at the end of an index, so that they are answered from
    /// it alone.
    private static let indexes = """
        CREATE INDEX records_by_time ON records (seen);
        CREATE INDEX records_by_plate ON records (plate, seen, camera);
        CREATE INDEX records_by_camera ON records (camera, seen, plate, percent);
        CREATE INDEX records_hit ON records (seen, camera, plate) WHERE hit > 0;
        CREATE UNIQUE INDEX records_by_event ON records (camera, event_id)
            WHERE event_id IS NOT NULL;
        """
}
