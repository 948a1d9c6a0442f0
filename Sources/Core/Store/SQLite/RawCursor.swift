import GRDB
import GRDBSQLite

/// The rows of a statement that is asked or read by the thousand, column by column.
///
/// GRDB makes an object of each row and a box of each value, which costs more than what SQLite does for
/// them. Parameters are whole numbers, counted from 1; columns are counted from 0.
///
/// SAFETY: the native statement belongs to `statement`, which this object keeps, and both stay on the
/// thread of their connection. Texts are copied out of SQLite's memory before the next step.
@safe final class RawCursor {
    private let statement: Statement
    private let native: OpaquePointer

    /// A statement of the connection's cache.
    ///
    /// Only one object at a time may read from it.
    init(_ db: Database, _ sql: String) throws {
        statement = try db.cachedStatement(sql: sql)
        unsafe native = statement.sqliteStatement
    }

    deinit { rewind() }

    /// Begins anew with other values.
    func bind(_ values: Int64...) throws {
        rewind()
        for (index, value) in values.enumerated() {
            try check(unsafe sqlite3_bind_int64(native, Int32(index + 1), value), SQLITE_OK)
        }
    }

    /// As ``ask(_:)-(Int64)``, with values of all kinds.
    func bind(_ arguments: StatementArguments) throws {
        rewind()
        try statement.setArguments(arguments)
    }

    /// Goes to the next row; false behind the last one.
    func next() throws -> Bool {
        let code = unsafe sqlite3_step(native)
        if code == SQLITE_ROW { return true }
        try check(code, SQLITE_DONE)
        return false
    }

    /// The keys that all rows tell: when a record was seen, in ms, and its id.
    func sortKeys() throws -> [SortKey] {
        var keys: [SortKey] = []
        while try next() {
            keys.append(SortKey(seen: Timestamp(milliseconds: integer(0)), id: integer(1)))
        }
        return keys
    }

    /// Whether a column is `NULL`.
    func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(native, column) == SQLITE_NULL
    }

    /// A column as a whole number; 0 where it is `NULL`.
    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(native, column) }

    /// A column as a number; 0 where it is `NULL`.
    func double(_ column: Int32) -> Double { unsafe sqlite3_column_double(native, column) }

    /// A column as text; nil where it is `NULL`.
    func text(_ column: Int32) -> String? {
        guard let text = unsafe sqlite3_column_text(native, column) else { return nil }
        let count = Int(unsafe sqlite3_column_bytes(native, column))
        return unsafe String(
            decoding: UnsafeBufferPointer(start: text, count: count),
            as: UTF8.self
        )
    }

    /// A column as bytes, which SQLite keeps until the next step; none where it is `NULL`.
    func withBlob<T>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> T) -> T {
        let bytes = unsafe sqlite3_column_blob(native, column)
        let count = unsafe sqlite3_column_bytes(native, column)
        return unsafe body(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    }

    /// A copy of a column's bytes, be it a text or not; none where it is `NULL`.
    func bytes(_ column: Int32) -> [UInt8] { unsafe withBlob(column) { unsafe Array($0) } }

    /// Lets go of the rows: a statement in the midst of them holds on to its state of the database.
    func rewind() {
        // It repeats the code of the last step, which was thrown already.
        _ = unsafe sqlite3_reset(native)
    }

    private func check(_ code: Int32, _ expected: Int32) throws {
        guard code != expected else { return }
        let connection = unsafe sqlite3_db_handle(native)
        let message = unsafe String(cString: sqlite3_errmsg(connection))
        throw DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: message,
            sql: statement.sql
        )
    }
}

extension Database {
    /// Reads much that is read only once: it takes no more than a mebibyte of the connection's cache, which holds on
    /// to the memory that it had at the most.
    func readOnce(_ body: () throws -> Void) throws {
        let size = try Int.fetchOne(self, sql: "PRAGMA cache_size") ?? 0
        try execute(sql: "PRAGMA cache_size = -1024")
        let result = Result { try body() }
        try execute(sql: "PRAGMA cache_size = \(size)")
        try result.get()
    }
}
