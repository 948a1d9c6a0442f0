import Testing

/// Every code that the console's forms can be answered with has a sentence in both languages.
@Suite struct SentenceTests {
    /// Where the refusals of the calls that pages make come from.
    private static let sources = [
        "Sources/Ingest/Routes", "Sources/Ingest/HTTP/Router+Answers.swift",
        "Sources/Ingest/Decoding/Fields.swift",
        "Sources/Core/Store/Writing/StoreWriter+Blacklist.swift",
        "Sources/Core/Recorder/Recorder+Pictures.swift", "Sources/Core/JSON",
        "Sources/Core/Domain/FieldText.swift", "Sources/Core/Domain/Plate.swift",
        "Sources/Core/Domain/Confidence.swift", "Sources/Core/Domain/BlacklistEntry.swift",
        "Sources/Core/Access",
    ]

    @Test func everyCodeHasASentenceInBothLanguages() throws {
        let table = try SourceTree.text(of: "site-templates/assets/messages.js")
        let sentence = #/(?m)^  ([a-z_]+): \["([^"]+)", "([^"]+)"\],$/#
        var known: Set<String> = []
        for match in table.matches(of: sentence) {
            known.insert(String(match.1))
            #expect(match.2.unicodeScalars.contains { (0xE01...0xE5B).contains($0.value) })
            #expect(!match.3.unicodeScalars.contains { (0xE01...0xE5B).contains($0.value) })
        }
        let given = try codes(in: Self.sources)
        #expect(given.count > 20)
        for code in given.sorted() where !known.contains(code) {
            Issue.record("site-templates/assets/messages.js has no sentence for \(code)")
        }
    }

    /// Every code that a camera can be refused with has its words on the camera's page.
    @Test func everyCodeOfCamerasHasWordsInBothLanguages() throws {
        let table = try SourceTree.text(of: "Sources/SiteGen/Pages/RefusalWords.swift")
        var known: Set<String> = []
        for match in table.matches(of: #/(?m)^        "([a-z_]+)": \("([^"]+)", "([^"]+)"\),$/#) {
            known.insert(String(match.1))
            #expect(match.2.unicodeScalars.contains { (0xE01...0xE5B).contains($0.value) })
            #expect(!match.3.unicodeScalars.contains { (0xE01...0xE5B).contains($0.value) })
        }
        let given = try codes(in: Self.camerasSources)
        #expect(given.count > 20)
        for code in given.sorted() where !known.contains(code) {
            Issue.record("RefusalWords.swift has no words for \(code)")
        }
    }

    private static let camerasSources = [
        "Sources/Ingest/Decoding", "Sources/Ingest/Intake", "Sources/Ingest/Gateway/Cameras",
        "Sources/Ingest/Gateway/Refusal+Sockets.swift", "Sources/Core/JSON",
        "Sources/Core/Recorder", "Sources/Core/Domain/FieldText.swift",
        "Sources/Core/Domain/Plate.swift", "Sources/Core/Domain/Read.swift",
        "Sources/Core/Domain/Picture.swift", "Sources/Core/Domain/Detection.swift",
        "Sources/Core/Domain/HealthReport.swift", "Sources/Core/Domain/Location.swift",
        "Sources/Core/Domain/Confidence.swift",
    ]

    private func codes(in sources: [String]) throws -> Set<String> {
        var codes: Set<String> = []
        for file in try SourceTree.swiftFiles(under: "Sources")
        where sources.contains(where: file.path.hasPrefix) {
            for match in file.text.matches(of: #/code: [^")]*"([a-z_]+)"(?: : "([a-z_]+)")?/#) {
                codes.insert(String(match.1))
                if let other = match.2 { codes.insert(String(other)) }
            }
        }
        // Those of whole kinds, and HTTP's own.
        for file in ["Core/Domain/Refusal.swift", "Ingest/HTTP/HTTPRefusal.swift"] {
            let kinds = try SourceTree.text(of: "Sources/\(file)")
            for match in kinds.matches(of: #/case \.?[A-Za-z]+(?::| =) "([a-z_]+)"/#) {
                codes.insert(String(match.1))
            }
        }
        return codes
    }
}

/// Every action that the audit keeps has words on the page that shows it.
@Suite struct AuditWordsTests {
    @Test func everyActionHasWordsInBothLanguages() throws {
        let table = try SourceTree.text(of: "site-templates/assets/audit.js")
        var known: Set<String> = []
        for match in table.matches(of: #/(?m)^  "([a-z_.]+)": \["([^"]+)", "([^"]+)"\],$/#) {
            known.insert(String(match.1))
            #expect(match.2.unicodeScalars.contains { (0xE01...0xE5B).contains($0.value) })
            #expect(!match.3.unicodeScalars.contains { (0xE01...0xE5B).contains($0.value) })
        }
        let kinds = Set(known.compactMap { $0.split(separator: ".").first })
        var given: Set<String> = []
        for file in try SourceTree.swiftFiles(under: "Sources") {
            for match in file.text.matches(of: #/"(([a-z]+)\.[a-z_]+)"/#)
            where kinds.contains(match.2) {
                given.insert(String(match.1))
            }
        }
        // Names of files and threads.
        let files = ["html", "json", "csv", "ndjson", "mustache", "answers"]
        given = given.filter { action in !files.contains { action.hasSuffix(".\($0)") } }
        #expect(given.count > 15)
        for action in given.sorted() where !known.contains(action) {
            Issue.record("site-templates/assets/audit.js has no words for \(action)")
        }
    }
}
