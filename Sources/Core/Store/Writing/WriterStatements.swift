import GRDB

/// The statements that the writer runs for each read.
struct WriterStatements {
    let findRead: RawStatement
    let insertRead: RawStatement
    let insertPlace: RawStatement
    let findPlate: RawStatement
    let insertPlate: RawStatement
    let appendEvent: RawStatement
    let noteRecord: RawStatement
    let countHour: RawStatement
    let countDay: RawStatement
    let countCamera: RawStatement
    let moveCamera: RawStatement
    let findListed: RawStatement
    let insertEntry: RawStatement

    init(_ db: Database) throws {
        findRead = try RawStatement(
            db,
            "SELECT hit FROM records WHERE id = ? AND camera = ? AND event_id = ?"
        )
        insertRead = try RawStatement(
            db,
            """
            INSERT INTO records (id, camera, plate, seen, delay, hit, percent, confidence, place,
                event_id, picture, claimed, spelling, details, warnings, picture_digest)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        insertPlace = try RawStatement(
            db,
            "INSERT INTO places (id, camera, text, latitude, longitude) VALUES (?, ?, ?, ?, ?)"
        )
        findPlate = try RawStatement(
            db,
            "SELECT id, text FROM plates WHERE number = ? AND province = ?"
        )
        insertPlate = try RawStatement(
            db,
            "INSERT INTO plates (id, number, province, text) VALUES (?, ?, ?, ?)"
        )
        appendEvent = try RawStatement(
            db,
            "INSERT INTO events (id, kind, at, camera, subject, data) VALUES (?, ?, ?, ?, ?, ?)"
        )
        noteRecord = try RawStatement(
            db,
            "INSERT OR REPLACE INTO meta (key, value) VALUES ('latest_record', ?)"
        )
        countHour = try RawStatement(
            db,
            """
            INSERT INTO hours (day, hour, camera, reads, hits) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET reads = reads + excluded.reads, hits = hits + excluded.hits
            """
        )
        countDay = try RawStatement(
            db,
            """
            INSERT INTO days (day, reads, hits, percents)
            VALUES (?1, ?2, ?3, lpr_add_percents(NULL, ?4))
            ON CONFLICT DO UPDATE SET reads = reads + ?2, hits = hits + ?3,
                percents = lpr_add_percents(percents, ?4)
            """
        )
        countCamera = try RawStatement(db, WriterStatements.countCameraSQL)
        moveCamera = try RawStatement(
            db,
            "UPDATE cameras SET location = ?, latitude = ?, longitude = ? WHERE id = ?"
        )
        findListed = try WriterStatements.findListed(db)
        insertEntry = try WriterStatements.insertEntry(db)
    }

    /// The entry that a plate matches at an instant: its id, whether for certain, and its reason.
    private static func findListed(_ db: Database) throws -> RawStatement {
        try RawStatement(
            db,
            """
            SELECT id, province = 0 OR province = ?2 AS certain, reason
            FROM blacklist INDEXED BY blacklist_active
            WHERE active AND number = ?1 AND (province = 0 OR ?2 = 0 OR province = ?2)
                AND (expires IS NULL OR expires > ?3)
            ORDER BY certain DESC, id LIMIT 1
            """
        )
    }

    private static func insertEntry(_ db: Database) throws -> RawStatement {
        try RawStatement(
            db,
            """
            INSERT INTO blacklist (text, number, province, reason, added_by, expiry, expires, notes,
                active, created, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?9)
            """
        )
    }

    /// What a clock shows (?6) counts if it is more than what is known, or if that is old.
    private static let countCameraSQL = """
        UPDATE cameras SET reads = reads + ?2, hits = hits + ?3,
            last_heard = MAX(last_heard, COALESCE(?4, last_heard)),
            last_read = MAX(COALESCE(last_read, ?5), COALESCE(?5, last_read)),
            clock_offset = CASE WHEN ?6 IS NOT NULL AND (clock_offset IS NULL OR ?6 >= clock_offset
                    OR clock_measured < ?4 - \(Camera.clockWindowMilliseconds))
                THEN ?6 ELSE clock_offset END,
            clock_measured = CASE WHEN ?6 IS NOT NULL AND (clock_offset IS NULL OR ?6 >= clock_offset
                    OR clock_measured < ?4 - \(Camera.clockWindowMilliseconds))
                THEN ?4 ELSE clock_measured END
        WHERE id = ?1
        """
}
