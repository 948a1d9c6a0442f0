import GRDB

/// Two indexes of the records become tables that the writer keeps by itself (``DeferredIndexes``).
extension Schema {
    static func makeIndexesLate(_ db: Database) throws {
        try db.execute(sql: tables)
        try db.execute(sql: entries)
    }

    /// What most questions count or compare stands beside the key, so that they are answered from it
    /// alone.
    private static let tables = """
        CREATE TABLE plate_records (
            plate INTEGER NOT NULL, seen INTEGER NOT NULL, id INTEGER NOT NULL,
            camera INTEGER NOT NULL, PRIMARY KEY (plate, seen, id)
        ) WITHOUT ROWID;
        CREATE TABLE camera_records (
            camera INTEGER NOT NULL, seen INTEGER NOT NULL, id INTEGER NOT NULL,
            plate INTEGER NOT NULL, percent INTEGER, PRIMARY KEY (camera, seen, id)
        ) WITHOUT ROWID;
        """

    /// In the order of the indexes that they were.
    ///
    /// Records that are not counted are entered, too, and passed over
    /// until they are.
    private static let entries = """
        INSERT INTO plate_records
            SELECT plate, seen, id, camera FROM records INDEXED BY records_by_plate
            ORDER BY plate, seen, id;
        INSERT INTO camera_records
            SELECT camera, seen, id, plate, percent FROM records INDEXED BY records_by_camera
            ORDER BY camera, seen, id;
        DROP INDEX records_by_plate;
        DROP INDEX records_by_camera;
        """
}
