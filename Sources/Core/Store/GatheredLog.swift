import CSQLiteTuning
import GRDB

/// The writer's log, into which a commit's pages go together instead of one by one.
///
/// SAFETY: the log belongs to the connection; this object is used on its thread only, and not once it is closed.
@safe final class GatheredLog {
    private let log: OpaquePointer

    /// The log of a connection that syncs every commit; nil where pages are to be written one by one.
    init?(_ db: Database) {
        guard let log = unsafe lpr_sqlite_gathered_log(db.sqliteConnection) else { return nil }
        unsafe self.log = log
    }

    /// From here on the transaction only commits.
    func beginCommit() { unsafe lpr_gathered_log_begin(log) }

    /// It has, or has failed.
    func endCommit() { unsafe lpr_gathered_log_end(log) }
}
