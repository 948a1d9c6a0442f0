import Testing

/// Who may name whom inside the store (Sources/Core/Store/README.md).
@Suite struct StoreBoundaryTests {
    private static let store = "Sources/Core/Store/"

    /// The rooms that may name the types of a room.
    ///
    /// A file of the store itself is a room of its own name.
    private static let mayName: [String: Set<String>] = [
        "Plates": ["Query", "Writing", "Check", "Reindex", "Store.swift"],
        "Dedup": ["Writing", "Check", "Reindex"],
        "Deferred": ["Plates", "Query", "Writing", "Check", "Reindex", "Store.swift"],
        "Query": ["Reading", "Writing", "Check", "Reindex"],
        "Writing": ["Reindex", "Recorder"],
        "Check": [],
    ]

    /// What a room may name all the same, and why.
    private static let exceptions: [String: Set<String>] = [
        // Compares texts of plates; the blacklist's search is one.
        "PlateMatcher": ["Reading"],
        // What SQL functions add up in the column of a day.
        "PercentHistogram": ["SQLite"],
        // What is asked for a check from outside, and what it answers.
        "StoreCheck": ["lprserver"],
        "StartCheck": ["lprserver"],
        "Finding": ["SiteGen", "lprserver"],
    ]

    @Test func roomsNameOnlyWhatTheyMay() throws {
        let files = try SourceTree.swiftFiles(under: "Sources")
        var owners: [String: String] = [:]
        for file in files where Self.mayName[Self.room(of: file)] != nil && Self.isOfStore(file) {
            for name in Self.types(in: file) { owners[name] = Self.room(of: file) }
        }
        #expect(owners.count > 30, "the rooms are empty")
        for file in files {
            let room = Self.room(of: file)
            for (number, line) in file.code {
                for name in Self.words(in: line) {
                    guard let owner = owners[name], owner != room || !Self.isOfStore(file),
                        Self.mayName[owner]?.contains(room) != true,
                        Self.exceptions[name]?.contains(room) != true
                    else { continue }
                    Issue.record("\(file):\(number) names \(name) of \(owner)")
                }
            }
        }
    }

    /// The folder below the store, or below Core, or the target.
    private static func room(of file: SourceTree.File) -> String {
        let parts = file.path.split(separator: "/").map(String.init)
        guard file.target == "Core" else { return file.target }
        return isOfStore(file) ? parts[3] : parts[2]
    }

    private static func isOfStore(_ file: SourceTree.File) -> Bool {
        file.path.hasPrefix(store)
    }

    private static func types(in file: SourceTree.File) -> [String] {
        file.code.compactMap { line in
            line.text.wholeMatch(
                of: #/(?:public |final |@safe )*(?:struct|class|enum|protocol) (\w+).*/#
            ).map { String($0.1) }
        }
    }

    private static func words(in line: Substring) -> Set<String> {
        Set(line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
    }
}
