import Core
import Testing

@testable import SiteGen

@Suite struct PageKindTests {
    /// Invariant 5 by the table: a page that lists others is published after them.
    @Test func eachKindStandsAfterThoseThatItLists() {
        var published: Set<String> = []
        for kind in Site.kinds {
            for listed in kind.lists {
                #expect(published.contains(listed), "\(kind.path) is published before \(listed)")
            }
            #expect(published.insert(kind.path).inserted, "\(kind.path) stands twice in the table")
        }
    }

    /// Every file of a build belongs to a kind in the table.
    @Test func everyFileIsOfAKind() async throws {
        let site = try TestSite()
        var history = History(site, seed: 9)
        for _ in 0..<4 { try await history.goOn() }
        try site.generate()
        for path in try site.files().keys where path != SiteState.path {
            #expect(Site.kinds.contains { $0.matches(path) }, "\(path) is of no kind")
        }
        try await site.close()
    }

    @Test func anErrorNamesThePageThatFailed() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(site.read("กข 1", seen: "2026-01-01T00:00:00Z"))
        try site.put("", "public/.lock")
        try site.put("a file where a folder must be", "public/archive")
        for full in [true, false] {
            let error = #expect(throws: BuildError.self) { try site.generate(full: full) }
            #expect(error?.step == "archive/2026/01/01/1.html")
        }
        try await site.close()
    }

    /// The innermost step's name is kept.
    @Test func anErrorKeepsItsFirstName() {
        let error = #expect(throws: BuildError.self) {
            try BuildError.naming("cameras/{number}.html") {
                try BuildError.naming("cameras/7.html") {
                    throw Refusal(.storage, "the disk is full")
                }
            }
        }
        #expect(error?.description == "cameras/7.html: the disk is full")
        #expect(throws: CancellationError.self) {
            try BuildError.naming("index.html") { throw CancellationError() }
        }
    }
}

extension PageKind {
    /// Whether a file's path is one of this kind's: `{…}` stands for one segment's text.
    fileprivate func matches(_ file: String) -> Bool {
        let parts = (path.split(separator: "/"), file.split(separator: "/"))
        guard path == "assets/{file}" || parts.0.count == parts.1.count else { return false }
        return zip(parts.0, parts.1).allSatisfy { pattern, text in
            guard let open = pattern.firstIndex(of: "{"), let close = pattern.lastIndex(of: "}")
            else { return pattern == text }
            return text.hasPrefix(pattern[..<open])
                && text.hasSuffix(pattern[pattern.index(after: close)...])
        }
    }
}
