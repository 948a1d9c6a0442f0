import Core
import Foundation

/// Keeps a second service away from the same database: two writers would not know of each other's
/// blacklist.
///
/// SAFETY: the path is lent for the length of one call; the descriptor belongs to this value alone, and
/// the kernel lets go of the lock when the process ends, however it ends.
struct ProcessLock {
    private let descriptor: Int32

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

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// The lock; nil if another process has it.
    ///
    /// Throws ``Refusal`` if its file cannot be made.
    static func ifFree(databasePath: String) throws -> ProcessLock? {
        let folder = URL(fileURLWithPath: databasePath).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let descriptor = unsafe open(databasePath + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw Refusal(
                .storage,
                "\(databasePath).lock cannot be made: \(unsafe String(cString: strerror(errno)))"
            )
        }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return ProcessLock(descriptor: descriptor) }
        close(descriptor)
        return nil
    }

    func release() { close(descriptor) }
}
