internal import Glibc

/// An exclusive lock of a file (`flock`), held for as long as the value exists; the kernel releases it when the process
/// ends, however it ends.
///
/// SAFETY: the path is lent for the length of one call.
public struct FileLock: Sendable {
    /// Why there is no lock.
    public enum Failure: Error, Equatable {
        /// Another process, or another value of this one, has it.
        case isHeld
        /// The file cannot be opened or locked, with the system's code.
        case system(Int32)

        /// The reason in words.
        public var reason: String {
            switch self {
            case .isHeld: "it is locked"
            case .system(let code): unsafe String(cString: strerror(code))
            }
        }
    }

    private let descriptor: OwnedDescriptor
    private let number: Int32

    /// Locks a file, which is created if it is missing; if it is locked already, `waits` says what happens.
    public init(_ path: String, mode: UInt32 = 0o640, waits: Bool = false) throws(Failure) {
        guard
            let descriptor = OwnedDescriptor.adopt(
                unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode)
            )
        else { throw .system(errno) }
        let operation = LOCK_EX | (waits ? 0 : LOCK_NB)
        while flock(descriptor.number, operation) != 0 {
            if errno == EINTR { continue }
            throw errno == EWOULDBLOCK ? .isHeld : .system(errno)
        }
        self.descriptor = descriptor
        number = descriptor.number
    }

    /// Keeps the file open, and locked unless ``release()`` is called, until the process ends.
    ///
    /// To close a file that SQLite has open, too, would end SQLite's own locks.
    public func keepOpen() { _ = descriptor.take() }

    /// Releases the lock; the file stays open.
    public func release() { flock(number, LOCK_UN) }
}
