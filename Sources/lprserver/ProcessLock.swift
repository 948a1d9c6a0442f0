import Core
import Foundation

/// Excludes a second service from the same database: two writers would not know of each other's
/// blacklist.
///
/// Two locks: of a file beside the database, by its path without symbolic links, which also holds if the database is
/// replaced; and of the database file itself (`flock`, which SQLite does not use), which a hard link shares.
///
/// SAFETY: the path is lent for the length of one call; the descriptors belong to this value alone, and
/// the kernel releases the locks when the process ends, however it ends.
struct ProcessLock {
    private let descriptors: [Int32]

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

    private init(descriptors: [Int32]) { self.descriptors = descriptors }

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
        var descriptors: [Int32] = []
        for path in paths {
            // SQLite creates a database with the same mode.
            let mode: mode_t = path == real.path ? 0o644 : 0o640
            let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode)
            let failure = errno
            if descriptor >= 0 {
                descriptors.append(descriptor)
                if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { continue }
            }
            for descriptor in descriptors { close(descriptor) }
            guard descriptor < 0 else { return nil }
            throw Refusal(
                .storage,
                "\(path) cannot be opened: \(unsafe String(cString: strerror(failure)))"
            )
        }
        return ProcessLock(descriptors: descriptors)
    }

    /// Releases the locks.
    ///
    /// The descriptors stay open: the database may still be open, too.
    func release() {
        for descriptor in descriptors { flock(descriptor, LOCK_UN) }
    }
}
