import Core
import Foundation
import Testing

@testable import SiteGen

/// Pages are written without waiting for the disk: what the next start makes of them.
@Suite struct SiteStateTests {
    /// A site with one read, whose page was emptied as a power cut may leave it.
    private func siteWithAnEmptyPage(settled: Bool, boot: String?) async throws -> TestSite {
        let site = try TestSite()
        _ = try await site.recorder.record([try site.read("กข 1234", seen: "2026-11-20T03:00:00Z")])
        try site.generate()
        if settled { try site.settle() }
        if let boot {
            let text = try site.text("data/site.json")
            try site.put(text.replacing(SiteState.presentBoot, with: boot), "public/data/site.json")
        }
        try site.put("", "public/archive/2026/11/20/1.html")
        try site.generate()
        return site
    }

    @Test func afterAPowerCutAllPagesAreLookedAt() async throws {
        let site = try await siteWithAnEmptyPage(settled: false, boot: "another")
        #expect(try site.text("archive/2026/11/20/1.html").contains("กข 1234"))
        try await site.close()
    }

    /// The emptied page shows that it was not rendered.
    @Test(arguments: [(true, "another"), (true, nil), (false, nil)])
    func elseOnlyWhatChangedIsMade(settled: Bool, boot: String?) async throws {
        let site = try await siteWithAnEmptyPage(settled: settled, boot: boot)
        #expect(try site.text("archive/2026/11/20/1.html").isEmpty)
        #expect(try site.text("data/site.json").contains("\"boot\":null") == settled)
        try await site.close()
    }

    @Test func theMachineTellsItsStartsApart() {
        #expect(
            SiteState.presentBoot
                != {
                    var none = Fingerprint(); none.add([]); return none.text
                }()
        )
    }
}
