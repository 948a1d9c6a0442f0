import Core
import Foundation
import Platform

/// Excludes a second service from the same database: two writers would not know of each other's
/// blacklist.
///
/// Two locks: of a file beside the database, by its path without symbolic links, which also holds if the database is
/// replaced; and of the database file itself (`flock`, which SQLite does not use), which a hard link shares.
struct ProcessLock {
    private let locks: [FileLock]

    /// Throws ``Refusal`` where another process has the database.
    ///
    /// It waits a moment: `lprserver generate` has the lock while it opens the database.
    init(databasePath: String) throws {
        for _ in 0..<20 {
            if let lock = try ProcessLock.ifFree(databasePath: databasePath) {
                self = lock
                return
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        throw Refusal(
            .conflict,
            "another lprserver uses \(databasePath); stop it, or set another DATABASE_URL"
        )
    }

    private init(locks: [FileLock]) { self.locks = locks }

    /// The lock; nil if another process has it.
    ///
    /// Throws ``Refusal`` if its file cannot be made. This process must not have the database open yet: to close a
    /// descriptor of it would end SQLite's own locks.
    static func ifFree(databasePath: String) throws -> ProcessLock? {
        let real = URL(fileURLWithPath: databasePath).resolvingSymlinksInPath()
        try FileManager.default.createDirectory(
            at: real.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        var paths = [real.path + ".lock"]
        // A missing database beside its WAL is not created: the start is refused.
        if !FileManager.default.fileExists(atPath: real.path + "-wal")
            || FileManager.default.fileExists(atPath: real.path)
        {
            paths.append(real.path)
        }
        var locks: [FileLock] = []
        for path in paths {
            do {
                // A new database gets this mode too: SQLite itself would let every user read the passwords' hashes.
                locks.append(try FileLock(path, mode: 0o640))
            } catch FileLock.Failure.isHeld {
                return nil
            } catch {
                throw Refusal(.storage, "\(path) cannot be opened: \(error.reason)")
            }
        }
        // Until they are released, also if nothing refers to this value any more.
        for lock in locks { lock.keepOpen() }
        return ProcessLock(locks: locks)
    }

    /// Releases the locks; the files stay open, as the database may.
    func release() {
        for lock in locks { lock.release() }
    }
}
