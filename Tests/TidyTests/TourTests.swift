import Foundation
import Testing

/// The tour names files and types that exist.
@Suite struct TourTests {
    /// What its reader adds.
    private static let added: Set = [
        "SiteGen/Pages/VehiclesPage.swift", "site-templates/vehicles.mustache",
        "Ingest/Decoding/Formats/Vendor.swift",
    ]
    /// The folders in which a path may begin anywhere, as the tour says “`Exchange.swift`” after its neighbour.
    private static let folders = ["Sources", "Tests", "site-templates"]
    private static let endings = [".swift", ".md", ".js", ".py", ".mustache"]

    private static func names() throws -> [String] {
        let text = try SourceTree.text(of: "docs/TOUR.md").replacing(
            #/```[^`]*```/#,
            with: ""
        )
        return text.matches(of: #/`([^`\n]+)`/#).map { String($0.1) }
    }

    @Test func itsFilesExist() throws {
        var paths: [String] = []
        for folder in Self.folders {
            let all = FileManager.default.enumerator(
                atPath: SourceTree.root.appending(path: folder).path
            )
            paths += (all?.compactMap { $0 as? String } ?? []).map { "/\(folder)/\($0)" }
        }
        let named = try Self.names().filter { name in
            let isPath = name.contains("/") || Self.endings.contains(where: name.hasSuffix)
            return isPath && !name.hasPrefix("/") && !name.contains { " ?{".contains($0) }
        }
        #expect(named.count > 80, "the tour's files are not found in its text")
        for name in Set(named).subtracting(Self.added).sorted() {
            let file = SourceTree.root.appending(path: name).path
            if FileManager.default.fileExists(atPath: file) { continue }
            let parts = name.split(separator: "…", omittingEmptySubsequences: false)
            let tail = parts.last.map { String($0.hasSuffix("/") ? $0.dropLast() : $0) } ?? ""
            let isThere = paths.contains { path in
                path.hasSuffix(parts.count == 1 ? "/\(tail)" : tail)
                    && (parts.count == 1 || path.contains("/\(parts[0])"))
            }
            #expect(isThere, "docs/TOUR.md names \(name)")
        }
    }

    @Test func itsTypesExist() throws {
        let files =
            try SourceTree.swiftFiles(under: "Sources") + SourceTree.swiftFiles(under: "Tests")
        var declared = Set(files.map(\.target))
        for file in files {
            for declaration in file.text.matches(
                of: #/\b(?:struct|class|enum|protocol|actor|typealias|func|var|let|case) (\w+)/#
            ) {
                declared.insert(String(declaration.1))
            }
        }
        let named = try Self.names().filter {
            $0.wholeMatch(of: #/[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*(?:\.[a-z]\w*)*/#) != nil
                && !Self.endings.contains(where: $0.hasSuffix)
        }
        #expect(named.count > 20, "the tour's types are not found in its text")
        let targets = try SourceTree.text(of: "Package.swift")
        for name in Set(named).sorted() {
            for part in name.split(separator: ".").map(String.init) {
                #expect(
                    declared.contains(part) || targets.contains("\"\(part)\""),
                    "docs/TOUR.md names \(name)"
                )
            }
        }
    }
}
