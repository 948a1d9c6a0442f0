import CSQLiteTuning
import GRDB
import GRDBSQLite

/// The writer's WAL, into which a commit's pages go together instead of one by one.
///
/// SAFETY: the buffer belongs to the connection; this object is used on its thread only, and not once it is closed. Its
/// reasons are constants of the C library.
@safe final class WALWriteBuffer {
    private var buffer: OpaquePointer?
    /// Why pages are written one by one; nil if they are not.
    private(set) var fallback: String?

    /// The buffer of a connection that syncs every commit, if it `isWanted` and can be had.
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

    /// Runs `body` as a transaction, and commits it.
    ///
    /// Throws what `body` or the disk throws; nothing of it is kept then.
    func transaction(_ db: Database, _ body: () throws -> Void) throws {
        do {
            try db.inTransaction(.immediate) {
                try body()
                // From here on the transaction only commits.
                if let buffer = unsafe buffer { unsafe lpr_wal_buffer_begin(buffer) }
                return .commit
            }
        } catch {
            // What it has left is gone before anything else is read.
            if let buffer = unsafe buffer { unsafe lpr_wal_buffer_abandon(buffer) }
            throw error
        }
        try endCommit()
    }

    /// After a commit that succeeded: all must be on disk.
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
