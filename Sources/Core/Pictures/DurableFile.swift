import CDisk
import Foundation
import Platform

/// An error of the operating system, with the action that failed.
struct SystemError: Error, CustomStringConvertible {
    let code: Int32
    let action: String

    /// The error of this thread's last failed call.
    static func last(_ action: String) -> SystemError { SystemError(code: errno, action: action) }

    var description: String {
        "\(action): \(unsafe String(cString: strerror(code))) (errno \(code))"
    }
}

/// An open file descriptor that closes itself.
///
/// SAFETY: Core's only access to POSIX file calls. Paths and buffers are lent to the kernel for the length of one
/// call; the descriptor belongs to this value alone (`~Copyable`).
struct DurableFile: ~Copyable {
    private let owner: OwnedDescriptor
    private var descriptor: Int32 { owner.number }

    /// Takes over the result of a call that opens a file.
    private init(opened result: Int32, _ action: String) throws(SystemError) {
        guard let owner = OwnedDescriptor.adopt(result) else { throw .last(action) }
        self.owner = owner
    }

    /// Creates a file and writes all of its bytes; fails if it exists.
    static func create(_ path: String, _ bytes: [UInt8]) throws(SystemError) -> DurableFile {
        let file = try DurableFile(
            opened: unsafe Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640),
            "creating a picture"
        )
        try file.write(bytes)
        return file
    }

    /// Opens a file, to sync its bytes.
    static func open(_ path: String) throws(SystemError) -> DurableFile {
        try DurableFile(
            opened: unsafe Foundation.open(path, O_RDONLY | O_CLOEXEC),
            "opening a picture"
        )
    }

    /// Opens a folder, to sync its entries.
    static func folder(_ path: String) throws(SystemError) -> DurableFile {
        try DurableFile(
            opened: unsafe Foundation.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
            "opening a folder of pictures"
        )
    }

    private func write(_ bytes: [UInt8]) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Foundation.write(
                    descriptor,
                    buffer.baseAddress?.advanced(by: written),
                    buffer.count - written
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("writing a picture") }
            written += count
        }
    }

    /// Returns once the file, or the folder's entries, would survive a power cut.
    func synchronize() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw .last("syncing a picture") }
    }

    /// Returns once everything on the file system would survive a power cut.
    func synchronizeFileSystem() throws(SystemError) {
        guard lpr_syncfs(descriptor) == 0 else { throw .last("syncing the disk of the pictures") }
    }

    /// Drops the file's synced bytes from the page cache.
    func dropPageCache() { _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }

    /// Creates a folder; false if it exists.
    static func makeFolder(_ path: String) throws(SystemError) -> Bool {
        if unsafe mkdir(path, 0o750) == 0 { return true }
        guard errno == EEXIST else { throw .last("making a folder for pictures") }
        return false
    }

    /// Moves a file on one file system; fails if it does not exist.
    static func move(_ path: String, to target: String) throws(SystemError) {
        guard unsafe rename(path, target) == 0 else { throw .last("moving a picture") }
    }

    /// Removes a file; succeeds if it is gone already.
    static func remove(_ path: String) throws(SystemError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .last("removing a picture") }
    }

    /// The space on a folder's file system; nil if it is unknown.
    static func space(_ path: String) -> DiskSpace? {
        var info = statvfs()
        guard unsafe statvfs(path, &info) == 0 else { return nil }
        let block = Int64(info.f_frsize)
        return DiskSpace(
            free: Int64(info.f_bavail) * block,
            used: Int64(info.f_blocks - info.f_bfree) * block,
            total: Int64(info.f_blocks) * block
        )
    }
}

/// The space on a file system, in bytes.
public struct DiskSpace: Sendable, Equatable {
    /// Free for this user, without what is reserved for root.
    public let free: Int64
    /// Used.
    public let used: Int64
    /// Total.
    public let total: Int64

    /// Makes a value.
    public init(free: Int64, used: Int64, total: Int64) {
        (self.free, self.used, self.total) = (free, used, total)
    }

    /// Use in percent, as `df` computes it: of used and free for this user.
    public var usedPercent: Double {
        used + free > 0 ? Double(used) / Double(used + free) * 100 : 100
    }
}
