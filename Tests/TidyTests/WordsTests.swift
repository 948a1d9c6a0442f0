import Foundation
import Testing

/// Comments, messages and documents use the field's terms (CONTRIBUTING.md).
@Suite struct WordsTests {
    /// Phrases that are not used, as regular expressions, and what is written instead.
    private static let banned: [(phrase: String, instead: String)] = [
        ("anew", "again, from scratch"),
        ("whole numbers?", "integer"),
        ("truth values?", "boolean"),
        ("at the (?:most|least)", "at most, at least"),
        ("(?:lets?|letting) go(?: of)?", "release, evict, drop"),
        ("fold(?:s|ed|ing)?", "checkpoint, combine"),
        (
            "somebody|someone|nobody|anybody|everybody|whoever|whomever",
            "the thread, client, user or caller"
        ),
        ("hears?|heard", "receives, is notified"),
        ("stands? back", "yields"),
        ("as ever", "as before, unchanged"),
        ("for ever", "forever"),
        ("mebibytes?", "MiB"),
        ("figures", "measurements, statistics, metrics"),
    ]

    /// What is right nevertheless: the end of a path, a part of a line, and why.
    private static let allowed: [(path: String, line: String, why: String)] = [
        ("ClientAddress.swift", "folded line", "RFC 9112's term for a header's continuation"),
        ("SECURITY.md", "folded line", "RFC 9112's term for a header's continuation"),
        ("StoreWriter+Cameras.swift", "announce(\"heard\"", "the name of an event's change"),
        ("HealthPage.swift", "\"figures\":", "the name of a section in the page's template"),
    ]

    @Test func sourcesUseTheFieldsTerms() throws {
        for ending in [".swift", ".c", ".h"] {
            for file in try SourceTree.files(under: "Sources", ending: ending) {
                try check(file.text, of: file.path, prose: Self.prose(of:))
            }
        }
    }

    @Test func documentsUseTheFieldsTerms() throws {
        var paths = ["README.md", "CONTRIBUTING.md", "bench/README.md"]
        for folder in ["docs", "Sources"] {
            paths += try SourceTree.files(under: folder, ending: ".md").map(\.path)
        }
        // The bench generates this one.
        for path in paths where path != "docs/PERFORMANCE.md" {
            try check(SourceTree.text(of: path), of: path) { $0 }
        }
    }

    /// Foundation's expressions, because Swift's take seconds for all sources.
    private func check(
        _ text: String,
        of path: String,
        prose: (String) -> String
    ) throws {
        for (phrase, instead) in Self.banned {
            let expression = try NSRegularExpression(
                pattern: "\\b(?:\(phrase))\\b",
                options: .caseInsensitive
            )
            let whole = text as NSString
            let range = NSRange(location: 0, length: whole.length)
            for match in expression.matches(in: text, range: range) {
                let line = whole.substring(with: whole.lineRange(for: match.range))
                let words = prose(line)
                let isProse =
                    expression.firstMatch(
                        in: words,
                        range: NSRange(location: 0, length: (words as NSString).length)
                    ) != nil
                let isAllowed = Self.allowed.contains {
                    path.hasSuffix($0.path) && line.contains($0.line)
                }
                guard isProse, !isAllowed else { continue }
                let number = whole.substring(to: match.range.location).count { $0.isNewline } + 1
                let found = whole.substring(with: match.range)
                Issue.record("\(path):\(number) says “\(found)”; write: \(instead)")
            }
        }
    }

    /// The comment and the string literals of a line, without interpolations.
    static func prose(of line: String) -> String {
        let trimmed = line.drop { $0 == " " }
        if ["//", "/*", "* "].contains(where: trimmed.hasPrefix) { return String(trimmed) }
        var prose = ""
        for literal in line.matches(of: #/"(?:[^"\\]|\\.)*"/#) {
            prose += literal.output.replacing(#/\\\([^()]*(?:\([^()]*\)[^()]*)*\)/#, with: "")
            prose += " "
        }
        if let comment = line.firstMatch(of: #/ \/[\/*] .*/#) { prose += comment.output }
        return prose
    }

    @Test func proseIsFoundInCommentsAndLiterals() {
        #expect(Self.prose(of: "    /// Counts anew.").contains("anew"))
        #expect(Self.prose(of: #"    log("begins anew \(figures.count)")"#).contains("anew"))
        #expect(!Self.prose(of: #"    log("begins \(figures.count)")"#).contains("figures"))
        #expect(Self.prose(of: "    let figures = 1").isEmpty)
        #expect(Self.prose(of: "    count = 1;  /* counts anew */").contains("anew"))
    }
}
