import GRDB
import GRDBSQLite

/// A statement that runs for each read or returns rows by the thousand, bound and read column by column.
///
/// GRDB boxes each value and makes an object of each row, which costs more than what SQLite does with them; so
/// these statements, and only they, speak to SQLite directly. Parameters are counted from 1, columns from 0.
///
/// SAFETY: the native statement belongs to `statement`, which this object keeps, and both stay on the thread of
/// their connection. SQLite copies what is bound before a binding returns (`SQLITE_TRANSIENT`), and texts and
/// bytes are copied out of its memory, or lent, before the next step.
@safe final class RawStatement {
    private let statement: Statement
    private let native: OpaquePointer
    /// The first binding that failed, thrown at the next step.
    private var bindError = SQLITE_OK

    /// A statement of the connection's cache: only one object at a time may use the same SQL.
    init(_ db: Database, _ sql: String) throws {
        statement = try db.cachedStatement(sql: sql)
        unsafe native = statement.sqliteStatement
    }

    deinit { rewind() }

    // MARK: - Parameters

    /// Binds an integer, or `NULL`.
    func bind(_ parameter: Int32, _ value: Int64?) {
        guard let value else { return bindNull(parameter) }
        note(unsafe sqlite3_bind_int64(native, parameter, value))
    }

    /// Binds an integer.
    func bind(_ parameter: Int32, _ value: Int) { bind(parameter, Int64(value)) }

    /// Binds a number, or `NULL`.
    func bind(_ parameter: Int32, _ value: Double?) {
        guard let value else { return bindNull(parameter) }
        note(unsafe sqlite3_bind_double(native, parameter, value))
    }

    /// Binds text, or `NULL`.
    func bind(_ parameter: Int32, _ value: String?) {
        guard var value else { return bindNull(parameter) }
        value.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                let count = Int32(text.count)
                note(
                    unsafe sqlite3_bind_text(
                        native,
                        parameter,
                        text.baseAddress,
                        count,
                        RawStatement.transient
                    )
                )
            }
        }
    }

    /// Binds an event id, packed if possible, or `NULL`.
    func bind(_ parameter: Int32, _ eventID: PackedEventID?) {
        guard let eventID else { return bindNull(parameter) }
        guard let bytes = eventID.packed else { return bind(parameter, eventID.text) }
        bind(parameter, bytes: bytes)
    }

    /// Binds bytes, or `NULL`.
    func bind(_ parameter: Int32, bytes: [UInt8]?) {
        guard let bytes else { return bindNull(parameter) }
        unsafe bytes.withUnsafeBytes { buffer in
            let count = Int32(buffer.count)
            note(
                unsafe sqlite3_bind_blob(
                    native,
                    parameter,
                    buffer.baseAddress,
                    count,
                    RawStatement.transient
                )
            )
        }
    }

    /// Restarts with integers as the parameters.
    func bind(_ values: Int64...) throws {
        rewind()
        for (index, value) in values.enumerated() { bind(Int32(index + 1), value) }
        try checkBindings()
    }

    /// Restarts with values of any kind.
    func bind(_ arguments: StatementArguments) throws {
        rewind()
        try statement.setArguments(arguments)
    }

    private func bindNull(_ parameter: Int32) {
        note(unsafe sqlite3_bind_null(native, parameter))
    }

    private func note(_ code: Int32) {
        if bindError == SQLITE_OK { bindError = code }
    }

    private func checkBindings() throws {
        guard bindError != SQLITE_OK else { return }
        defer { bindError = SQLITE_OK }
        throw error(bindError)
    }

    /// Runs a statement without rows; returns the number of inserted, updated or deleted rows.
    ///
    /// Throws `DatabaseError`.
    @discardableResult
    func execute() throws -> Int {
        _ = try row { _ in }
        return unsafe Int(sqlite3_changes(sqlite3_db_handle(native)))
    }

    /// Runs the statement and passes its first row to `body`; nil if there is none.
    ///
    /// Throws `DatabaseError`.
    func row<T>(_ body: (RawStatement) -> T) throws -> T? {
        defer { rewind() }
        return try next() ? body(self) : nil
    }

    /// Steps to the next row; false after the last one.
    ///
    /// Throws `DatabaseError`.
    func next() throws -> Bool {
        try checkBindings()
        switch unsafe sqlite3_step(native) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    /// Resets the statement: an unfinished one keeps its snapshot of the database open.
    func rewind() {
        // It repeats the code of the last step, which was thrown already.
        _ = unsafe sqlite3_reset(native)
    }

    private func error(_ code: Int32) -> DatabaseError {
        let message = unsafe String(cString: sqlite3_errmsg(sqlite3_db_handle(native)))
        return DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: message,
            sql: statement.sql
        )
    }

    private static let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    // MARK: - Columns

    /// Whether a column is `NULL`.
    func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(native, column) == SQLITE_NULL
    }

    /// A column as an integer; 0 if it is `NULL`.
    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(native, column) }

    /// A column as a number; 0 if it is `NULL`.
    func double(_ column: Int32) -> Double { unsafe sqlite3_column_double(native, column) }

    /// A column as text; nil if it is `NULL`.
    func text(_ column: Int32) -> String? {
        guard let text = unsafe sqlite3_column_text(native, column) else { return nil }
        let count = Int(unsafe sqlite3_column_bytes(native, column))
        return unsafe String(
            decoding: UnsafeBufferPointer(start: text, count: count),
            as: UTF8.self
        )
    }

    /// A column as bytes, which SQLite keeps until the next step; none if it is `NULL`.
    func withBlob<T>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> T) -> T {
        let bytes = unsafe sqlite3_column_blob(native, column)
        let count = unsafe sqlite3_column_bytes(native, column)
        return unsafe body(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    }

    /// A copy of a column's bytes, be it a text or not; none if it is `NULL`.
    func bytes(_ column: Int32) -> [UInt8] { unsafe withBlob(column) { unsafe Array($0) } }

    /// The keys that all rows tell: when a record was seen, in ms, and its id.
    func sortKeys() throws -> [SortKey] {
        var keys: [SortKey] = []
        while try next() {
            keys.append(SortKey(seen: Timestamp(milliseconds: integer(0)), id: integer(1)))
        }
        return keys
    }
}
