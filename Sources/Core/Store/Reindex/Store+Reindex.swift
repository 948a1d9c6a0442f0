import GRDB

extension Store {
    /// Makes all derived tables again; goes on if that was begun before (``Reindexer``).
    ///
    /// Nothing else may use the database meanwhile. Throws ``Refusal`` with what to do, and what `progress` throws; the next
    /// call goes on.
    public func reindex(_ progress: (ReindexProgress) throws -> Void) throws {
        try reindex(recordsPerCommit: Reindexer.recordsPerCommit, progress)
    }

    /// As ``reindex(_:)``, with commits of another length.
    func reindex(
        recordsPerCommit: Int64,
        _ progress: (ReindexProgress) throws -> Void
    ) throws {
        try withoutActuallyEscaping(progress) { progress in
            let reindexer = Reindexer(
                pool: pool,
                calendar: calendar,
                limits: limits,
                recordsPerCommit: recordsPerCommit,
                progress: progress
            )
            do {
                try reindexer.run()
            } catch let error as DatabaseError {
                throw Store.reindexRefusal(error, path: path)
            }
        }
    }

    private static func reindexRefusal(_ error: DatabaseError, path: String) -> Refusal {
        let advice =
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                "the file \(path) itself is damaged, which no reindex mends: restore a backup"
            case .SQLITE_CONSTRAINT:
                "two rows have what only one may have, which no reindex mends: restore a backup"
            case .SQLITE_FULL, .SQLITE_IOERR:
                "the disk of \(path) or of TMPDIR is full or does not answer;"
                    + " mend that and run `lprserver reindex` again, which goes on"
            default: "run `lprserver reindex` again, which goes on"
            }
        return Refusal(
            .storage,
            "reindexing \(path) failed: \(error.message ?? "\(error.resultCode)"); \(advice)",
            code: "reindex_failed"
        )
    }

    /// Whether derived tables are half made, so that nothing may be answered from them.
    func isReindexPending() throws -> Bool { try pool.read { try ReindexCursor.isPending($0) } }

    /// Does what a reindex that was interrupted, or a migration, has left to be done.
    func finishReindex(_ announce: (String) -> Void) throws {
        guard try isReindexPending() else { return }
        announce(
            "the database's indexes are not complete, as after a reindex that was interrupted: they are made now,"
                + " some seconds for a million records; if this is interrupted, the next start goes on"
        )
        var tenth = 0
        try reindex { progress in
            guard Int(progress.fraction * 10) > tenth else { return }
            tenth = Int(progress.fraction * 10)
            announce("indexes: \(tenth * 10) %")
        }
    }
}
