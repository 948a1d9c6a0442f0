import Core
import Foundation
import Mustache

/// An invalid template, with the position in its file.
public struct TemplateError: Error, CustomStringConvertible {
    /// The file, below the templates' folder.
    public let file: String
    /// The line, from 1; nil if the whole file is invalid.
    public let line: Int?
    /// What is wrong.
    public let reason: String

    /// One line for the log: `records.mustache:12: …`.
    public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(reason)" }
}

/// The templates and assets of a folder at one moment.
struct Templates: Sendable {
    /// Changes with every byte of every file.
    let fingerprint: String
    /// Files that are copied verbatim, by their path below `assets/`.
    let assets: [String: [UInt8]]
    /// The template of table rows.
    let row: RowTemplate
    private let texts: [String: String]
    private let library: MustacheLibrary

    private static let suffix = ".mustache"

    /// Reads a folder.
    ///
    /// Throws ``TemplateError`` with file and line for a malformed template.
    init(path: String) throws {
        var texts: [String: String] = [:]
        var assets: [String: [UInt8]] = [:]
        var digest = Fingerprint()
        for (file, _) in try Templates.files(in: path) {
            let bytes = try Templates.bytes(of: "\(path)/\(file)")
            digest.add(file)
            digest.add(bytes)
            if file.hasPrefix("assets/") {
                assets[file] = bytes
            } else if file.hasSuffix(Templates.suffix) {
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw TemplateError(file: file, line: nil, reason: "is not valid UTF-8")
                }
                texts[String(file.dropLast(Templates.suffix.count))] = text
            }
        }
        guard texts["layout"] != nil else {
            throw TemplateError(
                file: "layout.mustache",
                line: nil,
                reason: "is missing in \(path); is TEMPLATES_PATH right?"
            )
        }
        var templates: [String: MustacheTemplate] = [:]
        for (name, text) in texts { templates[name] = try Templates.parse(text, name) }
        self.texts = texts
        self.assets = assets
        library = MustacheLibrary(templates: templates)
        fingerprint = digest.text
        row = try Templates.row(library, texts)
    }

    /// Changes if a file's name, size or modification time does: cheap enough to check every second.
    static func stamp(path: String) -> String {
        var digest = Fingerprint()
        for (file, attributes) in (try? files(in: path)) ?? [] {
            digest.add(file)
            digest.add("\(attributes[.size] ?? 0) \(attributes[.modificationDate] ?? 0)")
        }
        return digest.text
    }

    /// Renders a template with its view.
    ///
    /// Throws ``TemplateError`` if the template is missing or has a tag that the view does not have.
    func render(_ name: String, _ view: View) throws -> String {
        try Templates.render(name, view, library, texts)
    }

    private static func row(
        _ library: MustacheLibrary,
        _ texts: [String: String]
    ) throws -> RowTemplate {
        try RowTemplate { row in
            try render(RowTemplate.name, View([:], inner: row), library, texts)
        }
    }

    private static func render(
        _ name: String,
        _ view: View,
        _ library: MustacheLibrary,
        _ texts: [String: String]
    ) throws -> String {
        guard let text = library.render(view, withTemplate: name) else {
            throw TemplateError(file: name + Templates.suffix, line: nil, reason: "is missing")
        }
        if let unknown = view.unknownNames.sorted().first {
            throw unknownTag(unknown, in: name, texts)
        }
        return text
    }

    /// Searches for the tag in the template, then in the others: it may be in a partial.
    private static func unknownTag(
        _ tag: String,
        in name: String,
        _ texts: [String: String]
    ) -> TemplateError {
        for candidate in [name] + texts.keys.sorted() {
            for (number, line) in zip(
                1...,
                texts[candidate]?.split(
                    separator: "\n",
                    omittingEmptySubsequences: false
                ) ?? []
            )
            where Templates.tags(in: line).contains(tag) {
                return TemplateError(
                    file: candidate + Templates.suffix,
                    line: number,
                    reason: "has no “\(tag)”; see docs/TEMPLATES.md for the names"
                )
            }
        }
        return TemplateError(file: name + Templates.suffix, line: nil, reason: "has no “\(tag)”")
    }

    /// The names in a line's tags.
    private static func tags(in line: Substring) -> Set<String> {
        Set(
            line.split(separator: "{{", omittingEmptySubsequences: false).dropFirst().map { rest in
                rest.prefix { $0 != "}" }.trimmingCharacters(
                    in: CharacterSet(charactersIn: "{#^/& >")
                )
            }
        )
    }

    private static func parse(_ text: String, _ name: String) throws -> MustacheTemplate {
        do {
            Markup.registration
            return try MustacheTemplate(string: Markup.pragma + text)
        } catch let error as MustacheTemplate.ParserError {
            throw TemplateError(
                file: name + suffix,
                line: error.context.lineNumber,
                reason: "is malformed (\(error.error)): "
                    + error.context.line.replacing(Markup.pragma, with: "")
            )
        } catch {
            throw TemplateError(file: name + suffix, line: nil, reason: "is malformed (\(error))")
        }
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// All files below a folder with their attributes, sorted, without hidden files and editors' backups.
    private static func files(
        in path: String
    ) throws -> [(name: String, attributes: [FileAttributeKey: Any])] {
        try FileManager.default.subpathsOfDirectory(atPath: path).sorted().compactMap { file in
            let name = file.split(separator: "/").last ?? ""
            guard !name.hasPrefix("."), !name.hasSuffix("~") else { return nil }
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")
            guard attributes[.type] as? FileAttributeType == .typeRegular else { return nil }
            return (file, attributes)
        }
    }
}

/// 64-bit FNV-1a: a checksum of versions, not cryptographic.
struct Fingerprint {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // An end mark, so that “ab”, “c” differs from “a”, “bc”.
        state = (state ^ 0xFF) &* 0x100_0000_01B3
    }

    mutating func add(_ text: String) { add(text.utf8) }

    var text: String { String(state, radix: 16) }
}
