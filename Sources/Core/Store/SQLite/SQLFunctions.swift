import GRDB
import GRDBSQLite

/// Application-defined SQL functions.
///
/// They are registered with SQLite directly, without GRDB's boxes, because they run for each of half a million
/// plates.
///
/// SAFETY: SQLite owns the values while a function runs; auxiliary data of a statement is released with it, and
/// results are copied (`SQLITE_TRANSIENT`).
enum SQLFunctions {
    /// Registers the functions on a connection.
    ///
    /// Throws `DatabaseError`.
    static func add(to db: Database) throws {
        // Whether a set of plates (PlateSet.bits) contains one.
        unsafe try add("lpr_holds", 2, to: db) { context, _, values in
            let bits = unsafe SQLFunctions.blob(values?[0])
            let plate = unsafe Int(sqlite3_value_int64(values?[1]))
            guard plate >= 0, plate / 8 < bits.count else { return }
            unsafe sqlite3_result_int(context, bits[plate / 8] >> UInt8(plate % 8) & 1 == 1 ? 1 : 0)
        }
        unsafe try add("lpr_percent", 1, to: db) { context, _, values in
            guard let value = unsafe values?[0],
                unsafe sqlite3_value_type(value) != SQLITE_NULL
            else { return }
            let percent = Confidence(kept: unsafe sqlite3_value_double(value)).percent
            unsafe sqlite3_result_double(context, percent)
        }
        unsafe try add("lpr_add_percents", 2, to: db) { context, _, values in
            var histogram = unsafe PercentHistogram(SQLFunctions.blob(values?[0]))
            unsafe histogram.add(SQLFunctions.blob(values?[1]))
            unsafe histogram.bytes.withUnsafeBytes { bytes in
                unsafe sqlite3_result_blob(
                    context,
                    bytes.baseAddress,
                    Int32(bytes.count),
                    SQLFunctions.transient
                )
            }
        }
        unsafe try add("lpr_count_from", 2, to: db) { context, _, values in
            let histogram = unsafe PercentHistogram(SQLFunctions.blob(values?[0]))
            let percent = unsafe Int(sqlite3_value_int64(values?[1]))
            unsafe sqlite3_result_int64(context, Int64(histogram.count(from: percent)))
        }
    }

    private typealias Function =
        @convention(c) (
            OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?
        ) -> Void

    private static func add(
        _ name: String,
        _ arguments: Int32,
        to db: Database,
        _ function: Function
    ) throws {
        let code = unsafe sqlite3_create_function_v2(
            db.sqliteConnection,
            name,
            arguments,
            SQLITE_UTF8 | SQLITE_DETERMINISTIC,
            nil,
            function,
            nil,
            nil,
            nil
        )
        guard code == SQLITE_OK else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: "no \(name)")
        }
    }

    private static func blob(_ value: OpaquePointer?) -> UnsafeRawBufferPointer {
        let blob = unsafe sqlite3_value_blob(value)
        return unsafe UnsafeRawBufferPointer(start: blob, count: Int(sqlite3_value_bytes(value)))
    }

    private static let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
