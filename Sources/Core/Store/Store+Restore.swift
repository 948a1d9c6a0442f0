import Foundation
import GRDB

/// Detects a backup that was copied over a database whose WAL was left behind.
extension Store {
    /// Refuses a database beside a WAL that does not belong to it; SQLite would mix them.
    ///
    /// Must run before SQLite opens the file: opening and closing it here releases the process's locks on it.
    public static func refuseForeignWAL(path: String) throws {
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let walPath = path + "-wal"
        guard let wal = try WALFile(path: walPath) else { return }
        let header = try firstBytes(of: path)
        guard !header.isEmpty else {
            throw Refusal(
                .storage,
                "the database \(path) is missing, but its WAL \(walPath) contains reads;"
                    + " put the database back beside it, or move the WAL away to start with an empty database",
                code: "wal_without_database"
            )
        }
        // SQLite itself reports a file that is not a database.
        guard let mark = DatabaseMark(page: header[...]) else { return }
        let pageBytes = Int(header[16]) << 8 | Int(header[17])
        if mark.fits(wal.marks), pageBytes == wal.pageBytes || pageBytes == 1 { return }
        throw Refusal(
            .storage,
            "the WAL \(walPath) does not belong to the database \(path), as after a backup was copied over it;"
                + " to start with that backup, move \(walPath) and \(path)-shm away"
                + " (docs/OPERATING.md, “Restore”); nothing was changed",
            code: "foreign_wal"
        )
    }

    private static func firstBytes(of path: String) throws -> [UInt8] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        return [UInt8](try file.read(upToCount: DatabaseMark.headerBytes) ?? Data())
    }

    /// Gives the database file a mark that no copy of it has, and starts a WAL with that mark.
    ///
    /// On the first connection, before anything else is written: a WAL's first commit must renew the mark.
    static func beginWAL(_ db: Database) throws {
        try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        try db.inTransaction(.immediate) {
            try db.renewMark()
            // Far from the small numbers of SQLite's backups, each one more than the last.
            let schema = Int32.random(in: 1 << 24 ... .max / 2)
            try db.execute(sql: "PRAGMA schema_version = \(schema)")
            return .commit
        }
        // If it fails, or a reader is in the way, the file keeps its old mark until the next checkpoint.
        _ = try? db.checkpoint(.passive)
        try db.inTransaction(.immediate) {
            try db.renewMark()
            return .commit
        }
    }

    /// Makes the changes of the tables that are not `done`, each in its own commit; `committed` is called between a commit
    /// and its checkpoint, and after that.
    ///
    /// Before each the mark is renewed, so that its commit, which gives the schema a new number, is not the first one of a
    /// WAL.
    static func migrate(
        _ pool: DatabasePool,
        after done: [String],
        committed: () throws -> Void = {}
    ) throws {
        let all = Schema.migrator.migrations
        // Out of order they can only be run all at once.
        let isInOrder = all.starts(with: done)
        for migration in isInOrder ? all.dropFirst(done.count) : all.suffix(1) {
            try pool.write { try $0.renewMark() }
            try Schema.migrator.migrate(pool, upTo: migration)
            try committed()
            // If it fails, the WAL is longer.
            _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.passive) }
            try committed()
        }
    }
}
