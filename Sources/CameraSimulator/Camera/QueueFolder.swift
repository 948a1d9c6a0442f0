import Core
import Foundation
import Platform

/// An error of the queue, worded for the operator.
struct QueueError: Error, CustomStringConvertible {
    let description: String

    /// The error of the call that failed last on this thread.
    fileprivate static func last(_ action: String) -> QueueError {
        QueueError(description: "\(action): \(unsafe String(cString: strerror(errno)))")
    }
}

/// The files of a ``ReadQueue``: each is there whole, and stays through a power cut, or is not there.
///
/// SAFETY: the camera's only door to POSIX file calls. Paths and buffers are lent to the kernel for
/// the length of one call.
struct QueueFolder: ~Copyable {
    private let path: String
    private let owner: OwnedDescriptor
    private let lock: FileLock
    private var folder: Int32 { owner.number }

    /// Opens a folder, which is made where it is missing, and keeps other cameras out of it.
    ///
    /// Throws ``QueueError`` where that cannot be done.
    init(_ path: String) throws(QueueError) {
        if unsafe mkdir(path, 0o750) != 0, errno != EEXIST {
            throw .last("the folder \(path) cannot be made")
        }
        let opened = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard let owner = OwnedDescriptor.adopt(opened) else {
            throw .last("the folder \(path) cannot be opened")
        }
        self.lock = try QueueFolder.lock(path)
        self.path = path
        self.owner = owner
    }

    private static func lock(_ path: String) throws(QueueError) -> FileLock {
        do {
            return try FileLock("\(path)/.lock")
        } catch {
            throw QueueError(
                description: "another camera uses the folder \(path), or it is read-only:"
                    + " \(error.reason)"
            )
        }
    }

    /// The names of all files.
    ///
    /// Throws ``QueueError`` where the folder cannot be read.
    func names() throws(QueueError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw QueueError(description: "the folder \(path) cannot be read: \(error)")
        }
    }

    /// Keeps bytes under a name; when this returns, they would survive a power cut.
    ///
    /// Throws ``QueueError`` where they would not; nothing is left under the name then.
    func keep(_ bytes: [UInt8], as name: String) throws(QueueError) {
        let new = ".new"
        let opened = unsafe openat(folder, new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard let file = OwnedDescriptor.adopt(opened) else {
            throw .last("a read cannot be queued in \(path)")
        }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe write(
                    file.number,
                    buffer.baseAddress?.advanced(by: written),
                    buffer.count - written
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("a read cannot be queued in \(path)") }
            written += count
        }
        // The file's bytes are synced before its name, and the name before this returns.
        guard fsync(file.number) == 0, unsafe renameat(folder, new, folder, name) == 0,
            fsync(folder) == 0
        else { throw .last("a read cannot be queued in \(path)") }
    }

    /// The bytes under a name.
    ///
    /// Throws ``QueueError`` where they cannot be read.
    func bytes(of name: String) throws(QueueError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: "\(path)/\(name)") else {
            throw .last("\(path)/\(name) cannot be read")
        }
        return Array(data)
    }

    /// Removes a file; one that is gone already is no error.
    ///
    /// Not synced: after a power cut the read would be sent once more, and known by its `event_id`.
    func remove(_ name: String) throws(QueueError) {
        guard unsafe unlinkat(folder, name, 0) == 0 || errno == ENOENT else {
            throw .last("\(path)/\(name) cannot be removed")
        }
    }

    /// Puts a file aside, into the folder `refused`, where a person may look at it.
    func putAside(_ name: String) throws(QueueError) {
        guard unsafe mkdirat(folder, "refused", 0o750) == 0 || errno == EEXIST,
            unsafe renameat(folder, name, folder, "refused/\(name)") == 0
        else { throw .last("\(path)/\(name) cannot be put aside") }
    }
}
