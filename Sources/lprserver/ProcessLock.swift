import Core
import Foundation

/// Keeps a second service away from the same database: two writers would not know of each other's
/// blacklist.
///
/// SAFETY: the path is lent for the length of one call; the descriptor belongs to this value alone, and
/// the kernel lets go of the lock when the process ends, however it ends.
struct ProcessLock {
    private let descriptor: Int32

    /// Throws ``Refusal`` where another service has the database.
    init(databasePath: String) throws {
        let folder = URL(fileURLWithPath: databasePath).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        descriptor = unsafe open(databasePath + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw Refusal(
                .storage,
                "\(databasePath).lock cannot be made: \(unsafe String(cString: strerror(errno)))"
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Refusal(
                .conflict,
                "another lprserver uses \(databasePath); stop it, or set another DATABASE_URL"
            )
        }
    }

    func release() { close(descriptor) }
}
