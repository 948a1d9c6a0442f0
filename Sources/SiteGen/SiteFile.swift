import CDisk
import Core
import Foundation
import Platform

/// Files of the public folder.
///
/// SAFETY: SiteGen's only access to POSIX calls; paths and buffers are lent to the kernel for the length of one call,
/// and each descriptor is closed where it was opened.
enum SiteFile {
    /// The bytes of a file; nil if there is none that can be read.
    static func bytes(of path: String) -> [UInt8]? {
        guard let file = OpenFile(path, O_RDONLY) else { return nil }
        return file.bytes()
    }

    /// Whether a path exists.
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Whether it is a folder, without following links; nil if it does not exist.
    static func isFolder(_ path: String) -> Bool? {
        var info = stat()
        guard unsafe lstat(path, &info) == 0 else { return nil }
        return info.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether a file has exactly these bytes; one of another length is not read.
    static func holds(_ path: String, _ bytes: [UInt8]) -> Bool {
        guard let file = OpenFile(path, O_RDONLY), file.size == bytes.count else { return false }
        return file.holds(bytes)
    }

    /// Writes a new file and replaces `path` with it; false if its folder is missing.
    ///
    /// Foundation's write waits until the disk has the bytes. Pages are derived and need not survive a power cut, and
    /// each such wait would delay the commits of reads on the same disk.
    static func replace(_ path: String, through temporary: String, _ bytes: [UInt8]) throws -> Bool
    {
        guard let file = OpenFile(temporary, O_WRONLY | O_CREAT | O_TRUNC) else {
            guard errno == ENOENT else { throw failure(temporary) }
            return false
        }
        guard file.write(bytes), put(temporary, inPlaceOf: path) else {
            let failure = failure(path)
            _ = unsafe unlink(temporary)
            throw failure
        }
        return true
    }

    /// Replaces a file atomically: readers find the old file or the new one.
    ///
    /// The two are exchanged, and the old one is removed: ext4 and others flush a file at once that is renamed over
    /// another, and a page that is replaced a second later need never reach the disk.
    private static func put(_ new: String, inPlaceOf path: String) -> Bool {
        guard unsafe lpr_exchange(new, path) == 0 else { return unsafe rename(new, path) == 0 }
        return unsafe unlink(new) == 0
    }

    /// Removes a folder if it is empty.
    static func removeEmptyFolder(_ path: String) { _ = unsafe rmdir(path) }

    /// Returns once everything on the file system of a folder would survive a power cut.
    static func synchronizeFileSystem(of folder: String) throws {
        guard let file = OpenFile(folder, O_RDONLY | O_DIRECTORY),
            lpr_syncfs(file.descriptor) == 0
        else { throw failure(folder) }
    }

    /// Waits for the lock of a folder for pages, which has one writer.
    static func lock(_ path: String) throws -> FileLock {
        do {
            return try FileLock(path, waits: true)
        } catch {
            throw Refusal(
                .storage,
                "the folder for pages cannot be locked (\(path)): \(error.reason)"
            )
        }
    }

    private static func failure(_ path: String) -> Refusal {
        let reason = unsafe String(cString: strerror(errno))
        return Refusal(.storage, "\(path) could not be written: \(reason)")
    }
}

/// A descriptor that closes itself.
private struct OpenFile: ~Copyable {
    private let owner: OwnedDescriptor
    var descriptor: Int32 { owner.number }

    init?(_ path: String, _ flags: Int32) {
        guard let owner = OwnedDescriptor.adopt(unsafe open(path, flags | O_CLOEXEC, 0o644)) else {
            return nil
        }
        self.owner = owner
    }

    /// The length of the file; −1 if it is unknown.
    var size: Int {
        var info = stat()
        return unsafe fstat(descriptor, &info) == 0 ? Int(info.st_size) : -1
    }

    /// The content; nil if reading fails.
    func bytes() -> [UInt8]? {
        var isRead = true
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: max(0, size)) { buffer, filled in
            while filled < buffer.count {
                let rest = unsafe buffer.baseAddress?.advanced(by: filled)
                let count = unsafe read(descriptor, rest, buffer.count - filled)
                if count < 0, errno == EINTR { continue }
                isRead = count >= 0
                guard count > 0 else { return }
                filled += count
            }
        }
        return isRead ? bytes : nil
    }

    /// Whether the file begins with these bytes; most that differ do so in their first lines, and the rest is not
    /// read.
    func holds(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { expected in
            unsafe withUnsafeTemporaryAllocation(byteCount: 8_192, alignment: 16) { piece in
                guard let read = piece.baseAddress else { return false }
                var compared = 0
                while compared < expected.count {
                    let most = min(piece.count, expected.count - compared)
                    let count = unsafe Foundation.read(descriptor, read, most)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0, let rest = unsafe expected.baseAddress?.advanced(by: compared),
                        unsafe memcmp(read, rest, count) == 0
                    else { return false }
                    compared += count
                }
                return true
            }
        }
    }

    /// Returns true once all bytes are written.
    func write(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let rest = unsafe buffer.baseAddress?.advanced(by: written)
                let count = unsafe Foundation.write(descriptor, rest, buffer.count - written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                written += count
            }
            return true
        }
    }
}
