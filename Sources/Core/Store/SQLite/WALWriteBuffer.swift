import CSQLiteTuning
import GRDB
import GRDBSQLite

/// The write buffer of the writer's WAL: a commit's pages are written together instead of one by one.
///
/// SAFETY: the buffer belongs to the connection; this object is used on its thread only, and not after the connection
/// is closed. The reasons are constants of the C library.
@safe final class WALWriteBuffer {
    private var buffer: OpaquePointer?
    /// Why pages are written one by one; nil if they are buffered.
    private(set) var fallback: String?

    /// Buffers the WAL of a connection that syncs every commit, if it `isWanted` and possible.
    init(_ db: Database, isWanted: Bool = true) {
        unsafe buffer = nil
        if !isWanted {
            fallback = "switched off (SQLITE_TUNING)"
        } else if !Store.isTested {
            fallback = "SQLite \(Store.sqliteVersion) is not among the tested versions"
        } else if !Store.isTuned {
            fallback = "SQLite was initialized before it could be tuned"
        } else {
            var reason: UnsafePointer<CChar>?
            unsafe buffer = lpr_sqlite_wal_buffer(db.sqliteConnection, &reason)
            fallback = unsafe reason.map { unsafe String(cString: $0) }
        }
    }

    /// Runs `body` as a transaction and commits it.
    ///
    /// Throws what `body` or the disk throws; the transaction is rolled back then.
    func transaction(_ db: Database, _ body: () throws -> Void) throws {
        do {
            try db.inTransaction(.immediate) {
                try body()
                // From here on the transaction only commits.
                if let buffer = unsafe buffer { unsafe lpr_wal_buffer_begin(buffer) }
                return .commit
            }
        } catch {
            // Discards the buffered pages before anything else is read.
            if let buffer = unsafe buffer { unsafe lpr_wal_buffer_abandon(buffer) }
            throw error
        }
        try endCommit()
    }

    /// Ends a successful commit: all pages must be on disk.
    private func endCommit() throws {
        guard let buffer = unsafe buffer else { return }
        let code = unsafe lpr_wal_buffer_end(buffer)
        guard code != SQLITE_OK else { return }
        unsafe self.buffer = nil
        fallback =
            "a commit bypassed the write buffer (written afterwards: \(code == SQLITE_NOTICE))"
        guard code == SQLITE_NOTICE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: fallback)
        }
    }
}
