import Core
import Foundation
import Testing

@testable import SiteGen

@Suite struct BlacklistPagesTests {
    @Test func aChangeWritesThePagesThatItConcerns() async throws {
        let site = try TestSite()
        for number in 1...10 {
            _ = try await site.recorder.addToBlacklist(site.draft("กข \(number)"), by: .system)
        }
        try site.generate()
        let numbered = try site.files().keys.filter { $0.hasPrefix("blacklist/") }.sorted()
        #expect(numbered == (1...4).map { "blacklist/\($0).html" })
        try await site.recorder.removeFromBlacklist(entryID: 5, by: .system)
        #expect(try pages(of: site.writesOfGenerating()) == ["blacklist/2.html"])
        // The entry stands on the last page, which has room for it; the next one opens a page.
        for (plate, written) in [("ขข 1", ["4"]), ("ขข 2", ["4"]), ("ขข 3", ["4", "5"])] {
            _ = try await site.recorder.addToBlacklist(site.draft(plate), by: .system)
            let expected = written.map { "blacklist/\($0).html" }
            #expect(try pages(of: site.writesOfGenerating()).sorted() == expected)
        }
        #expect(try site.text("blacklist/2.html").contains("data-id=\"6\""))
        #expect(try !site.text("blacklist/2.html").contains("data-id=\"5\""))
        try await site.close()
    }

    @Test func whatHasExpiredIsShownAndCountedAfterItIsNoted() async throws {
        let site = try TestSite()
        let soon = Timestamp.now().adding(seconds: -1)
        for expiry in [nil, soon, .now().adding(seconds: 9_999), nil, soon] {
            let number = try await site.store.read { try $0.newestListedID() }
            _ = try await site.recorder.addToBlacklist(
                site.draft("กข \(number + 1)", expiry: expiry),
                by: .system
            )
        }
        try site.generate()
        #expect(try site.text("blacklist.html").contains("<small>5</small>"))
        try await site.recorder.noteExpiries()
        let written = try pages(of: site.writesOfGenerating())
        #expect(Set(written) == ["blacklist/1.html", "blacklist/2.html"])
        #expect(try site.text("blacklist.html").contains("<small>3</small>"))
        #expect(try site.text("blacklist/1.html").components(separatedBy: "badge old").count == 2)
        // Nothing has expired since: nothing is noted.
        let before = try await site.store.read { try $0.newestEventID() }
        try await site.recorder.noteExpiries()
        #expect(try await site.store.read { try $0.newestEventID() } == before)
        try await site.close()
    }

    private func pages(of written: [String]) -> [String] {
        written.filter { $0.hasPrefix("blacklist/") }
    }
}
