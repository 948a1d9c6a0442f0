import Foundation

/// The project's files as text, found from where this file lies.
enum SourceTree {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    struct File: CustomStringConvertible {
        /// Below the root: `Sources/Core/EventLog/Feed.swift`.
        let path: String
        let lines: [Substring]

        var description: String { path }
        var text: String { lines.joined(separator: "\n") }
        /// The folder below `Sources` or `Tests`: `Core`.
        var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
        /// Without comments, so that prose is not taken for code.
        var code: [(number: Int, text: Substring)] {
            zip(1..., lines).filter { !$1.drop { $0 == " " }.hasPrefix("//") }.map { ($0, $1) }
        }
    }

    static func swiftFiles(under folder: String) throws -> [File] {
        try files(under: folder, ending: ".swift")
    }

    static func files(under folder: String, ending: String) throws -> [File] {
        let base = root.appending(path: folder)
        let paths = FileManager.default.enumerator(atPath: base.path)
        return try (paths?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(ending) }
            .sorted()
            .map { File(path: "\(folder)/\($0)", lines: try lines(of: "\(folder)/\($0)")) }
    }

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private static func lines(of path: String) throws -> [Substring] {
        try text(of: path).split(separator: "\n", omittingEmptySubsequences: false)
    }
}
