import GRDB
import Logging

/// The one writer, borrowed by the thread that commits, and the WAL maintenance between its commits.
struct WriteSession {
    /// The operations of a commit.
    let writer: StoreWriter
    private let checkpointer: WALCheckpointer
    private let logger: Logger

    fileprivate init(_ writer: StoreWriter, _ checkpointer: WALCheckpointer, _ logger: Logger) {
        (self.writer, self.checkpointer, self.logger) = (writer, checkpointer, logger)
    }

    /// Call before each commit.
    func prepareCommit() {
        writer.mayResetWAL = checkpointer.mayReset
    }

    /// Call after each commit; a failed checkpoint is retried after the next one.
    func checkpointIfNeeded() {
        do {
            try checkpointer.checkpointIfNeeded(writer.db)
        } catch {
            logger.warning("WAL checkpoint failed", metadata: ["cause": "\(error)"])
        }
    }
}

extension Store {
    /// Lends the writer to the calling thread, until `run` returns.
    ///
    /// `begin` brings the database up to the present before anything else is committed; what it throws ends the session, and
    /// `run` is never called.
    func withWriter(
        clock: @escaping () -> Timestamp,
        logger: Logger,
        begin: (StoreWriter) throws -> Void,
        run: (WriteSession) -> Void
    ) throws {
        try pool.writeWithoutTransaction { db in
            let writer = try StoreWriter(
                db: db,
                calendar: calendar,
                limits: limits,
                clock: clock
            )
            try begin(writer)
            let checkpointer = try WALCheckpointer(
                db,
                path: path,
                bytesMax: limits.logBytesMax,
                logger: logger
            )
            defer { checkpointer.close(db) }
            run(WriteSession(writer, checkpointer, logger))
        }
    }
}
