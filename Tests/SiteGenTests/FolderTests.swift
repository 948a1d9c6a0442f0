import Core
import Foundation
import SiteGen
import Testing

/// What the generator does to a folder that holds other things.
@Suite struct FolderTests {
    @Test func aFolderOfOtherFilesIsRefusedAndLeftAlone() async throws {
        let site = try TestSite()
        let thesis = try site.put("thesis", "out/sub/thesis.txt")
        for full in [false, true] {
            let refusal = #expect(throws: Refusal.self) {
                try site.generate(full: full, into: "out")
            }
            #expect(refusal?.message.contains("holds “sub”") == true)
        }
        #expect(try String(contentsOf: thesis, encoding: .utf8) == "thesis")
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.path("out")) == ["sub"])
        try await site.close()
    }

    @Test func filesThatOthersPutIntoASiteStay() async throws {
        let site = try TestSite()
        try site.generate()
        let others = [
            "robots.txt", "images/1.jpg", "about.html", "docs/archive/1.html", ".well-known/a",
        ]
        for path in others { try site.put("mine", "public/\(path)") }
        let stale = ["archive/2001.html", "cameras/9.html", ".index.html.new", "data/.x.json.new"]
        for path in stale { try site.put("old", "public/\(path)") }
        #expect(try site.generate(full: true).removed == stale.count)
        for path in others { #expect(try site.text(path) == "mine") }
        for path in stale { #expect(throws: (any Error).self) { try site.text(path) } }
        try await site.close()
    }

    @Test(arguments: ["README.md", "images/1.jpg", ".gitignore"])
    func aNewSitesFolderMayHoldTheseAlready(path: String) async throws {
        let site = try TestSite()
        try site.put("mine", "public/\(path)")
        try site.generate(full: true)
        #expect(try site.text(path) == "mine")
        try await site.close()
    }
}
