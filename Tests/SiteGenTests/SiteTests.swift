import Core
import Foundation
import SiteGen
import Testing

@Suite struct SiteTests {
    @Test func aSecondBuildingWritesNothing() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(site.read("กข 1", seen: "2026-01-01T00:00:00Z"))
        #expect(try site.generate().isFull)
        #expect(try site.generate().written == 0)
        #expect(try site.generate(full: true).written == 0)
        try await site.close()
    }

    @Test func aFullPageWithASuccessorIsNeverWrittenAgain() async throws {
        let site = try TestSite()
        let path = "archive/2026/01/01/1.html"
        _ = try await site.recorder.record(
            (0..<11).map { try site.read("กข \($0)", seen: "2026-01-01T00:00:\(10 + $0)Z") }
        )
        try site.generate()
        let before = try site.text(path)
        _ = try await site.recorder.record(
            (0..<30).map { try site.read("คง \($0)", seen: "2026-01-01T01:00:\(10 + $0)Z") }
        )
        try site.generate()
        #expect(try site.text(path) == before)
        #expect(try site.text("archive/2026/01/01/5.html").contains("คง 29"))
        try await site.close()
    }

    @Test func hostileTextIsEscapedEverywhere() async throws {
        let site = try TestSite()
        _ = try await site.recorder.addToBlacklist(site.draft("กข 1"), by: .system)
        _ = try await site.recorder.record(
            site.read("กข 1", camera: "<script>alert(1)</script>", seen: "2026-01-01T00:00:00Z")
        )
        try site.generate()
        for (path, data) in try site.files() where path.hasSuffix(".html") {
            let text = String(decoding: data, as: UTF8.self)
            #expect(!text.contains("<script>alert"), "\(path)")
            #expect(!text.contains("<b>\"car\""), "\(path)")
        }
        try await site.close()
    }

    @Test func aBadTemplateIsNamedAndTheLastPagesStay() async throws {
        let site = try TestSite()
        let templates = site.folder.appending(path: "templates")
        try FileManager.default.copyItem(
            at: URL(fileURLWithPath: TestSite.templates),
            to: templates
        )
        site.options.templatesPath = templates.path
        try site.generate()
        let before = try site.files()
        let home = templates.appending(path: "home.mustache")
        let good = try String(contentsOf: home, encoding: .utf8)
        for (bad, place) in [
            (good + "\n{{#open}}", "home.mustache:"),
            (good + "\n{{misspelt}}", "index.html: home.mustache:"),
        ] {
            try Data(bad.utf8).write(to: home)
            let error = #expect(throws: (any Error).self) { try site.generate() }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.hasPrefix(place), "\(text)")
            #expect(try site.files() == before)
        }
        try Data(good.utf8).write(to: home)
        try site.generate()
        try await site.close()
    }
}
