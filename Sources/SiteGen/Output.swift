import Core
import Foundation

/// The only way to the public folder.
///
/// A file is replaced by renaming a finished one over it, so that no reader ever sees half of one. It
/// is not synced: pages are derived, and a start after a power cut makes them again where they differ.
final class Output {
    /// How many files were written because they differed.
    private(set) var written = 0
    /// How many files were removed because nothing wants them any more.
    private(set) var removed = 0
    /// Hears of each file that was replaced, in order.
    var onWrite: (String) -> Void = { _ in }
    private let root: String
    private let lock: FolderLock
    private var wanted: Set<String> = []
    private var retired: [String] = []

    /// The folders that hold nothing but what this module makes.
    private static let ownFolders = ["archive", "assets", "cameras", "data"]

    /// Takes the folder, making it where there is none; waits while another process publishes.
    ///
    /// Throws where the folder cannot be made or locked, and where it holds something else than a site:
    /// pages written among somebody's files would replace those of the same name.
    init(path: String) throws {
        root = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Output.checkThatItIsOurs(path)
        lock = try FolderLock(path: "\(path)/.lock")
    }

    private static func checkThatItIsOurs(_ path: String) throws {
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: path))
        let strangers = names.filter { !$0.hasPrefix(".") && $0 != "README.md" && $0 != "images" }
        guard let stranger = strangers.min(),
            !FileManager.default.fileExists(atPath: "\(path)/\(SiteState.path)"),
            !names.contains(".lock")
        else { return }
        throw Refusal(
            .invalid,
            """
            \(path) is no folder of pages: it holds “\(stranger)”; \
            name an empty or a new folder, so that no file of yours is replaced
            """
        )
    }

    /// Writes a file where its bytes differ from what stands there.
    func write(_ path: String, _ bytes: [UInt8]) throws {
        try check(path)
        wanted.insert(path)
        let target = URL(fileURLWithPath: "\(root)/\(path)")
        let data = Data(bytes)
        if let present = try? Data(contentsOf: target), present == data { return }
        let folder = target.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let temporary = folder.appending(path: ".\(target.lastPathComponent).new")
        try data.write(to: temporary)
        guard unsafe rename(temporary.path, target.path) == 0 else {
            let reason = unsafe String(cString: strerror(errno))
            throw Refusal(.storage, "\(path) could not be replaced: \(reason)")
        }
        written += 1
        onWrite(path)
    }

    /// Writes text.
    func write(_ path: String, _ text: String) throws { try write(path, Array(text.utf8)) }

    /// The bytes of a file; nil where there is none.
    func bytes(of path: String) -> [UInt8]? {
        (try? Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)"))).map { Array($0) }
    }

    /// Whether there is such a file.
    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(root)/\(path)")
    }

    /// Notes a page that nothing will link to any more; ``removeRetired()`` takes it away.
    func retire(_ path: String) throws {
        try check(path)
        if exists(path) { retired.append(path) }
    }

    /// Removes what was retired, once the pages that linked to it have been replaced.
    func removeRetired() throws {
        for path in retired where !wanted.contains(path) {
            try FileManager.default.removeItem(atPath: "\(root)/\(path)")
            removed += 1
        }
        retired = []
    }

    /// Removes what this module made earlier and did not write since this output was made: the end of a
    /// full build.
    ///
    /// Whatever lies elsewhere in the folder was put there by somebody else, and stays.
    func removeUnwanted() throws {
        wanted.insert(SiteState.path)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root).sorted().reversed()
        for path in paths where !wanted.contains(path) && isOurs(path) {
            let full = "\(root)/\(path)"
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) else {
                continue
            }
            if isFolder.boolValue {
                // Only empty folders go: `rmdir` refuses any other.
                _ = unsafe rmdir(full)
            } else {
                try FileManager.default.removeItem(atPath: full)
                removed += 1
            }
        }
    }

    private func isOurs(_ path: String) -> Bool {
        let top = path.prefix { $0 != "/" }
        return Output.ownFolders.contains { $0 == top }
            || (path.hasPrefix(".") && path.hasSuffix(".html.new"))
    }

    /// A path may only lead down.
    private func check(_ path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw Refusal(.fault, "a page's path leads out of the site")
        }
    }
}

/// An exclusive lock on a file, held until the value is gone; the kernel lets go of it after a crash.
///
/// SAFETY: this file is SiteGen's only door to POSIX calls; paths are lent for the length of one call,
/// and the descriptor belongs to this object alone.
private final class FolderLock {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
            let reason = unsafe String(cString: strerror(errno))
            throw Refusal(.storage, "the folder for pages cannot be locked (\(path)): \(reason)")
        }
    }

    deinit { close(descriptor) }
}
