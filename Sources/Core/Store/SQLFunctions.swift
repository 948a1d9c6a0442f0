import GRDB
import GRDBSQLite

/// What SQL cannot say by itself, or only slowly: functions of the database's own.
///
/// They are given to SQLite directly, without GRDB's boxes, because they run for each of half a million
/// plates.
///
/// SAFETY: SQLite owns the values for as long as a function runs; what is kept with a statement is released
/// with it, and what is handed back is copied (`SQLITE_TRANSIENT`).
enum SQLFunctions {
    /// Makes the functions known on a connection.
    ///
    /// Throws `DatabaseError`.
    static func add(to db: Database) throws {
        unsafe try add("lpr_is_like", 3, to: db) { context, _, values in
            unsafe SQLFunctions.isLike(context, values)
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

    /// `lpr_is_like(number, folded pattern, tolerance)`.
    ///
    /// The pattern and the memory to compare in are kept with the statement (auxiliary data), so that
    /// nothing is allocated for a plate.
    private static func isLike(
        _ context: OpaquePointer?,
        _ values: UnsafeMutablePointer<OpaquePointer?>?
    ) {
        guard let values = unsafe values else { return }
        let comparison: PlateComparison
        if let kept = unsafe sqlite3_get_auxdata(context, 1) {
            comparison = unsafe Unmanaged<PlateComparison>.fromOpaque(kept).takeUnretainedValue()
            unsafe sqlite3_result_int(context, comparison.isLike(text(values[0])) ? 1 : 0)
            return
        }
        comparison = unsafe PlateComparison(
            pattern: String(decoding: text(values[1]), as: UTF8.self),
            tolerance: Int(sqlite3_value_int64(values[2]))
        )
        unsafe sqlite3_result_int(context, comparison.isLike(text(values[0])) ? 1 : 0)
        unsafe sqlite3_set_auxdata(context, 1, Unmanaged.passRetained(comparison).toOpaque()) {
            guard let kept = unsafe $0 else { return }
            unsafe Unmanaged<PlateComparison>.fromOpaque(kept).release()
        }
    }

    private static func blob(_ value: OpaquePointer?) -> UnsafeRawBufferPointer {
        let blob = unsafe sqlite3_value_blob(value)
        return unsafe UnsafeRawBufferPointer(start: blob, count: Int(sqlite3_value_bytes(value)))
    }

    private static let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private static func text(_ value: OpaquePointer?) -> UnsafeBufferPointer<UInt8> {
        let text = unsafe sqlite3_value_text(value)
        return unsafe UnsafeBufferPointer(start: text, count: Int(sqlite3_value_bytes(value)))
    }
}

/// A pattern that many plates are compared with, on one connection's thread.
private final class PlateComparison {
    private let pattern: PlateDistance.Folded
    private let tolerance: Int
    private var plate = PlateDistance.Folded("")
    private var row: [Int] = []

    init(pattern: String, tolerance: Int) {
        self.pattern = PlateDistance.Folded(pattern)
        self.tolerance = tolerance
    }

    func isLike(_ number: UnsafeBufferPointer<UInt8>) -> Bool {
        unsafe plate.read(number)
        return PlateDistance.isLike(plate, pattern, tolerance: tolerance, row: &row)
    }
}
