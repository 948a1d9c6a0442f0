import GRDB

/// A record names the place where it was read instead of repeating it, says how long after it was seen
/// it was received, and keeps its event id packed (``PackedEventID``): 45 bytes less of about 180 with its
/// indexes.
extension Schema {
    static func makeRecordsSmall(_ db: Database) throws {
        let lastID = try Int64.fetchOne(
            db,
            sql: "SELECT seq FROM sqlite_sequence WHERE name = 'records'"
        )
        try db.execute(sql: places)
        try db.execute(sql: smallRecords)
        try db.execute(sql: copyPlaces)
        db.add(function: pack)
        try db.execute(sql: copyRecords)
        db.remove(function: pack)
        try db.execute(sql: "DROP TABLE records; ALTER TABLE small_records RENAME TO records")
        try db.execute(sql: indexes)
        // Ids of records that were deleted are not given again.
        try db.execute(sql: "DELETE FROM sqlite_sequence WHERE name = 'records'")
        if let lastID {
            try db.execute(
                sql: "INSERT INTO sqlite_sequence (name, seq) VALUES ('records', ?)",
                arguments: [lastID]
            )
        }
    }

    /// A row for each time that a camera's reads begin to name another place; its id is that of the first
    /// such record.
    private static let places = """
        CREATE TABLE places (
            id INTEGER PRIMARY KEY, camera INTEGER NOT NULL,
            text TEXT, latitude REAL, longitude REAL
        );
        """

    /// `delay` is the ms from `seen` to the receipt: below 0 where a camera's clock is a little ahead.
    private static let smallRecords = """
        CREATE TABLE small_records (
            id INTEGER PRIMARY KEY AUTOINCREMENT, camera INTEGER NOT NULL, plate INTEGER NOT NULL,
            seen INTEGER NOT NULL, delay INTEGER NOT NULL, hit INTEGER NOT NULL,
            confidence REAL, place INTEGER, event_id, picture TEXT,
            claimed INTEGER, spelling TEXT, details TEXT
        );
        """

    /// A camera's has the plate at its end, so that a question for both is answered from it alone.
    ///
    /// A plate's has not the camera: it would no longer be in the order of the list, which ends
    /// with the id.
    private static let indexes = """
        CREATE INDEX records_by_time ON records (seen);
        CREATE INDEX records_by_plate ON records (plate, seen);
        CREATE INDEX records_by_camera ON records (camera, seen, plate);
        CREATE INDEX records_hit ON records (seen, camera) WHERE hit > 0;
        CREATE UNIQUE INDEX records_by_event ON records (camera, event_id)
            WHERE event_id IS NOT NULL;
        """

    private static let copyPlaces = """
        INSERT INTO places (id, camera, text, latitude, longitude)
        SELECT id, camera, location, latitude, longitude FROM (
            SELECT id, camera, location, latitude, longitude,
                LAG(id) OVER run AS earlier, LAG(location) OVER run AS old_location,
                LAG(latitude) OVER run AS old_latitude, LAG(longitude) OVER run AS old_longitude
            FROM records
            WHERE COALESCE(location, latitude, longitude) IS NOT NULL
            WINDOW run AS (PARTITION BY camera ORDER BY id)
        )
        WHERE earlier IS NULL OR location IS NOT old_location
            OR latitude IS NOT old_latitude OR longitude IS NOT old_longitude
        ORDER BY id;
        """

    /// The place is the camera's latest at or before the record.
    private static let copyRecords = """
        CREATE INDEX places_by_camera ON places (camera);
        INSERT INTO small_records
        SELECT id, camera, plate, seen, received - seen, hit, confidence,
            CASE WHEN COALESCE(location, latitude, longitude) IS NOT NULL THEN
                (SELECT MAX(p.id) FROM places p WHERE p.camera = r.camera AND p.id <= r.id)
            END,
            pack_event_id(event_id), picture, claimed, spelling, details
        FROM records r ORDER BY id;
        DROP INDEX places_by_camera;
        """

    private static let pack = DatabaseFunction(
        "pack_event_id",
        argumentCount: 1,
        pure: true
    ) { values in
        String.fromDatabaseValue(values[0]).map { PackedEventID($0) }
    }
}
