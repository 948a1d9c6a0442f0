import Core
import Foundation

/// The only way to the public folder.
///
/// A file is replaced by renaming a finished one over it, so that no reader ever sees half of one. It
/// is not synced: pages are derived, and the start after a power cut makes them again where they differ
/// (``SiteState/isTrustworthy``).
final class Output {
    /// How many files were written because they differed.
    private(set) var written = 0
    /// How many files were removed because nothing wants them any more.
    private(set) var removed = 0
    /// Hears of each file that was replaced, in order.
    var onWrite: (String) -> Void = { _ in }
    /// Whether no more is to be written: the next file is refused with a `CancellationError`.
    var isStopped: () -> Bool = { false }
    private let root: String
    /// Nil if nothing is written.
    private let lock: FolderLock?
    private let isComparing: Bool
    /// The files that differ from what was handed over, or are missing, if nothing is written.
    private(set) var differing: Set<String> = []
    private var writer: FileWriter?
    private var wanted: Set<String> = []
    private var retired: [String] = []

    /// The folders that hold nothing but what this module makes.
    private static let ownFolders = ["archive", "assets", "blacklist", "cameras", "data"]

    /// Takes the folder, making it where there is none; waits while another process publishes.
    ///
    /// Throws where the folder cannot be made or locked, and where it holds something else than a site:
    /// pages written among somebody's files would replace those of the same name.
    init(path: String) throws {
        root = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Output.checkThatItIsOurs(path)
        lock = try FolderLock(path: "\(path)/\(Output.lockName)")
        isComparing = false
    }

    /// An output that writes nothing, and compares what is handed over with what stands in the folder.
    init(comparing path: String) {
        root = path
        lock = nil
        isComparing = true
    }

    /// The file by which two processes do not write the same folder.
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

    /// Writes a file where its bytes differ from what stands there.
    ///
    /// Inside of ``writingBeside(_:)`` it is only handed over, and what is thrown may be of an earlier file.
    func write(_ path: String, _ page: DeferredPage) throws {
        try check(path)
        if isStopped() { throw CancellationError() }
        wanted.insert(path)
        if isComparing {
            if !SiteFile.holds("\(root)/\(path)", page.bytes()) { differing.insert(path) }
        } else if let writer {
            try writer.add(path, page)
            note(writer.takeWritten())
        } else if try Output.replace("\(root)/\(path)", page.bytes()) {
            note([path])
        }
    }

    /// Writes bytes.
    func write(_ path: String, _ bytes: [UInt8]) throws { try write(path, DeferredPage(bytes)) }

    /// Lets another thread print and write, in the same order, what `body` makes; all of it is written at the end.
    ///
    /// Throws what `body` throws, and why a file could not be written.
    func writingBeside<T>(_ body: () throws -> T) throws -> T {
        let root = root
        let writer = FileWriter { path, bytes in try Output.replace("\(root)/\(path)", bytes) }
        self.writer = writer
        defer { self.writer = nil }
        // Also where the body failed: what it had handed over is as good as what was written before.
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

    /// Puts the bytes there, in a new folder where there is none; false where they stood there already.
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

    /// The bytes of a file; nil where there is none.
    func bytes(of path: String) -> [UInt8]? {
        SiteFile.bytes(of: "\(root)/\(path)")
    }

    /// Whether there is such a file, or will be once all is written that was handed over.
    func exists(_ path: String) -> Bool {
        wanted.contains(path) || SiteFile.exists("\(root)/\(path)")
    }

    /// Waits until all pages are on disk.
    func synchronize() throws { try SiteFile.synchronizeFileSystem(of: root) }

    /// Notes a page that nothing will link to any more; ``removeRetired()`` takes it away.
    func retire(_ path: String) throws {
        try check(path)
        if exists(path) { retired.append(path) }
    }

    /// What was handed over, and what is to go although it is there.
    var wantedPaths: Set<String> { wanted }
    var retiredPaths: Set<String> { Set(retired).subtracting(wanted) }

    /// What lies in the folder although nothing wants it, the end of a full build.
    var unwantedPaths: [String] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
        return paths.filter { path in
            path != SiteState.path && !wanted.contains(path) && isOurs(path)
                && SiteFile.isFolder("\(root)/\(path)") == false
        }
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
        return Output.ownFolders.contains { $0 == top }
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
