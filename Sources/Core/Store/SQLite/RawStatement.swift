import GRDB
import GRDBSQLite

/// A statement that runs for each read, bound column by column.
///
/// GRDB boxes each value and casts it back, which costs more than what SQLite does with it; so the few
/// statements that are run for every read, and only they, speak to SQLite directly (rows that are read by the
/// thousand: ``RawCursor``).
///
/// SAFETY: the native statement belongs to `statement` and lives as long as this object; both stay on
/// the thread of the connection that they were made on. Texts are copied by SQLite before a binding
/// returns (`SQLITE_TRANSIENT`).
@safe final class RawStatement {
    private let statement: Statement
    private let native: OpaquePointer
    private let connection: OpaquePointer?
    /// The first binding that failed, thrown when the statement runs.
    private var refusal = SQLITE_OK

    /// Compiles a statement; its parameters are counted from 1, its columns from 0.
    init(_ db: Database, _ sql: String) throws {
        statement = try db.makeStatement(sql: sql)
        unsafe native = statement.sqliteStatement
        unsafe connection = sqlite3_db_handle(native)
    }

    /// Binds a whole number, or `NULL`.
    func bind(_ parameter: Int32, _ value: Int64?) {
        guard let value else { return bindNull(parameter) }
        note(unsafe sqlite3_bind_int64(native, parameter, value))
    }

    /// Binds a whole number.
    func bind(_ parameter: Int32, _ value: Int) { bind(parameter, Int64(value)) }

    /// Binds a number, or `NULL`.
    func bind(_ parameter: Int32, _ value: Double?) {
        guard let value else { return bindNull(parameter) }
        note(unsafe sqlite3_bind_double(native, parameter, value))
    }

    /// Binds a text, or `NULL`.
    func bind(_ parameter: Int32, _ value: String?) {
        guard var value else { return bindNull(parameter) }
        value.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                note(
                    unsafe sqlite3_bind_text(
                        native,
                        parameter,
                        text.baseAddress,
                        Int32(text.count),
                        RawStatement.transient
                    )
                )
            }
        }
    }

    /// Binds an event id, packed where it can be, or `NULL`.
    func bind(_ parameter: Int32, _ eventID: PackedEventID?) {
        guard let eventID else { return bindNull(parameter) }
        guard let bytes = eventID.packed else { return bind(parameter, eventID.text) }
        bind(parameter, bytes: bytes)
    }

    /// Binds bytes, or `NULL`.
    func bind(_ parameter: Int32, bytes: [UInt8]?) {
        guard let bytes else { return bindNull(parameter) }
        unsafe bytes.withUnsafeBytes { buffer in
            note(
                unsafe sqlite3_bind_blob(
                    native,
                    parameter,
                    buffer.baseAddress,
                    Int32(buffer.count),
                    RawStatement.transient
                )
            )
        }
    }

    private func bindNull(_ parameter: Int32) {
        note(unsafe sqlite3_bind_null(native, parameter))
    }

    private func note(_ code: Int32) {
        if refusal == SQLITE_OK { refusal = code }
    }

    /// Runs a statement that has no rows; returns how many it inserted, updated or deleted.
    ///
    /// Throws `DatabaseError`.
    @discardableResult
    func run() throws -> Int {
        _ = try row { _ in }
        return unsafe Int(sqlite3_changes(connection))
    }

    /// Runs the statement and hands its first row to `body`; nil where it has none.
    ///
    /// Throws `DatabaseError`.
    func row<T>(_ body: (RawStatement) -> T) throws -> T? {
        defer {
            refusal = SQLITE_OK
            // It repeats the code of the step, which is thrown already.
            _ = unsafe sqlite3_reset(native)
        }
        guard refusal == SQLITE_OK else { throw error(refusal) }
        switch unsafe sqlite3_step(native) {
        case SQLITE_ROW: return body(self)
        case SQLITE_DONE: return nil
        case let code: throw error(code)
        }
    }

    private func error(_ code: Int32) -> DatabaseError {
        let message = unsafe String(cString: sqlite3_errmsg(connection))
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }

    /// A column of the present row as a whole number; 0 where it is `NULL`.
    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(native, column) }

    /// A column of the present row as a text; empty where it is `NULL`.
    func text(_ column: Int32) -> String {
        guard let text = unsafe sqlite3_column_text(native, column) else { return "" }
        return unsafe String(cString: text)
    }

    private static let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

/// What the writer runs for each read.
struct RawStatements {
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
        countCamera = try RawStatement(db, RawStatements.countCameraSQL)
        moveCamera = try RawStatement(
            db,
            "UPDATE cameras SET location = ?, latitude = ?, longitude = ? WHERE id = ?"
        )
        findListed = try RawStatements.findListed(db)
        insertEntry = try RawStatements.insertEntry(db)
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
