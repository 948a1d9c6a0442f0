import Core
import Foundation
import Platform

/// The only access to the public folder.
///
/// A file is replaced by renaming a complete one over it, so that no reader sees a partial one. It is not synced:
/// pages are derived, and the start after a power cut renders them again if they differ
/// (``SiteState/isTrustworthy``).
final class Output {
    /// The number of files written because they differed.
    private(set) var written = 0
    /// The number of removed stale files.
    private(set) var removed = 0
    /// Called with each replaced file, in order.
    var onWrite: (String) -> Void = { _ in }
    /// Whether to stop: the next file is refused with a `CancellationError`.
    var isStopped: () -> Bool = { false }
    private let root: String
    /// Nil if nothing is written.
    private let lock: FileLock?
    private let isComparing: Bool
    /// The files that differ from what was handed over, or are missing, if nothing is written.
    private(set) var differing: Set<String> = []
    private var writer: FileWriter?
    private var wanted: Set<String> = []
    private var retired: [String] = []

    /// The folders that hold nothing but what this module makes.
    private static let ownFolders = Set(Site.kinds.compactMap(\.folder))

    /// Locks the folder, creating it if there is none; waits while another process publishes.
    ///
    /// Throws if the folder cannot be created or locked, or has something other than a site: pages would replace a
    /// user's files of the same name.
    init(path: String) throws {
        root = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Output.checkThatItIsOurs(path)
        lock = try SiteFile.lock("\(path)/\(Output.lockName)")
        isComparing = false
    }

    /// An output that writes nothing, and compares what is handed over with what stands in the folder.
    init(comparing path: String) {
        root = path
        lock = nil
        isComparing = true
    }

    /// The lock file that keeps two processes from writing the same folder.
    static let lockName = ".lock"

    private static func checkThatItIsOurs(_ path: String) throws {
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: path))
        let strangers = names.filter { !$0.hasPrefix(".") && $0 != "README.md" && $0 != "images" }
        guard let stranger = strangers.min(),
            !FileManager.default.fileExists(atPath: "\(path)/\(SiteState.path)"),
            !names.contains(Output.lockName)
        else { return }
        throw Refusal(
            .invalid,
            """
            \(path) is no folder of pages: it holds “\(stranger)”; \
            name an empty or a new folder, so that no file of yours is replaced
            """
        )
    }

    /// Writes a file if its bytes differ from the existing one.
    ///
    /// Inside of ``writingBeside(_:)`` it is only queued, and an error may concern an earlier file.
    func write(_ path: String, _ page: DeferredPage) throws {
        try check(path)
        if isStopped() { throw CancellationError() }
        wanted.insert(path)
        if isComparing {
            if !SiteFile.holds("\(root)/\(path)", page.bytes()) { differing.insert(path) }
        } else if let writer {
            try writer.add(path, page)
            note(writer.takeWritten())
        } else if try BuildError.naming(
            path,
            { try Output.replace("\(root)/\(path)", page.bytes()) }
        ) {
            note([path])
        }
    }

    /// Writes bytes.
    func write(_ path: String, _ bytes: [UInt8]) throws { try write(path, DeferredPage(bytes)) }

    /// Runs `body` while another thread renders rows and writes, in the same order; everything is written at the end.
    ///
    /// Throws what `body` throws, and why a file could not be written.
    func writingBeside<T>(_ body: () throws -> T) throws -> T {
        let root = root
        let writer = FileWriter { path, bytes in
            try BuildError.naming(path) { try Output.replace("\(root)/\(path)", bytes) }
        }
        self.writer = writer
        defer { self.writer = nil }
        // Also if the body failed: queued files are as valid as those written before.
        let result = Result { try body() }
        let end = Result { try writer.finish() }
        note(writer.takeWritten())
        let value = try result.get()
        try end.get()
        return value
    }

    private func note(_ paths: [String]) {
        written += paths.count
        for path in paths { onWrite(path) }
    }

    /// Replaces a file, in a new folder if there is none; false if it had these bytes already.
    private static func replace(_ target: String, _ bytes: [UInt8]) throws -> Bool {
        guard !SiteFile.holds(target, bytes) else { return false }
        let (folder, name) = split(target)
        let temporary = "\(folder)/.\(name).new"
        if try !SiteFile.replace(target, through: temporary, bytes) {
            try FileManager.default.createDirectory(
                atPath: String(folder),
                withIntermediateDirectories: true
            )
            guard try SiteFile.replace(target, through: temporary, bytes) else {
                throw Refusal(.storage, "the folder \(folder) vanished while pages were written")
            }
        }
        return true
    }

    /// Writes text.
    func write(_ path: String, _ text: String) throws { try write(path, Array(text.utf8)) }

    /// The bytes of a file; nil if there is none.
    func bytes(of path: String) -> [UInt8]? {
        SiteFile.bytes(of: "\(root)/\(path)")
    }

    /// Whether a file exists, or is queued.
    func exists(_ path: String) -> Bool {
        wanted.contains(path) || SiteFile.exists("\(root)/\(path)")
    }

    /// Waits until all pages are on disk.
    func synchronize() throws { try SiteFile.synchronizeFileSystem(of: root) }

    /// Marks a page that will no longer be linked; ``removeRetired()`` removes it.
    func retire(_ path: String) throws {
        try check(path)
        if exists(path) { retired.append(path) }
    }

    /// The files that were handed over, and those to be removed although they exist.
    var wantedPaths: Set<String> { wanted }
    var retiredPaths: Set<String> { Set(retired).subtracting(wanted) }

    /// Files in the folder that a full build did not write.
    func unwantedFiles() throws -> [String] {
        try unwanted().filter { SiteFile.isFolder("\(root)/\($0)") == false }
    }

    /// Generated files that this build did not write, and all folders of them, each after its contents.
    private func unwanted() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root).sorted().reversed().filter {
            $0 != SiteState.path && !wanted.contains($0) && isOurs($0)
        }
    }

    /// Removes retired pages, once the pages that linked to them are replaced.
    func removeRetired() throws {
        for path in retired where !wanted.contains(path) {
            try FileManager.default.removeItem(atPath: "\(root)/\(path)")
            removed += 1
        }
        retired = []
    }

    /// Removes generated files that this build did not write: the end of a full build.
    ///
    /// Files elsewhere in the folder are not ours, and stay.
    func removeUnwanted() throws {
        for path in try unwanted() {
            let full = "\(root)/\(path)"
            guard let isFolder = SiteFile.isFolder(full) else { continue }
            if isFolder {
                SiteFile.removeEmptyFolder(full)
            } else {
                try FileManager.default.removeItem(atPath: full)
                removed += 1
            }
        }
    }

    private func isOurs(_ path: String) -> Bool {
        let top = path.prefix { $0 != "/" }
        return Output.ownFolders.contains(top)
            || (path.hasPrefix(".") && path.hasSuffix(".html.new"))
    }

    private static func split(_ path: String) -> (folder: Substring, name: Substring) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        return (path[..<slash], path[path.index(after: slash)...])
    }

    /// A path may only lead down.
    private func check(_ path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw Refusal(.fault, "a page's path leads out of the site")
        }
    }
}
