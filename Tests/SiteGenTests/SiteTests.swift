import Core
import Foundation
import SiteGen
import Testing

@Suite struct SiteTests {
    /// DESIGN's invariant 4.
    @Test(arguments: 0..<25 as Range<UInt64>)
    func incrementalEqualsFullAfterAnyHistory(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let site = try TestSite()
        try site.generate()
        var ids: [Int64] = []
        for _ in 0..<12 {
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                try await step(site, &ids, &random)
            }
            try site.generate()
        }
        try site.generate(full: true, into: "full")
        let (incremental, full) = (try site.files(), try site.files("full"))
        #expect(Set(incremental.keys) == Set(full.keys))
        for (path, data) in full { #expect(incremental[path] == data, "\(path) differs") }
        try await site.close()
    }

    private func step(
        _ site: TestSite,
        _ ids: inout [Int64],
        _ random: inout SeededGenerator
    ) async throws {
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            _ = try? await site.recorder.list(
                site.draft("กข \(Int.random(in: 1...5, using: &random))"),
                by: .system
            )
        case 1:
            try? await site.recorder.unlist(
                entryID: Int64.random(in: 1...3, using: &random),
                by: .system
            )
        case 2 where !ids.isEmpty:
            let index = Int.random(in: 0..<ids.count, using: &random)
            try await site.recorder.deleteRecord(id: ids.remove(at: index), by: .system)
        case 3: try await site.recorder.disconnect(cameraID: "C1")
        case 4:
            try await site.recorder.advanceDay(
                to: Day(daysSinceEpoch: Int.random(in: 20_000...20_003, using: &random))
            )
        case 5:
            try await site.recorder.record(
                HealthCheck(
                    checkedAt: .now(),
                    components: [
                        .init(.database, .pass, "ok", [.init("size_bytes", .number(5_000))])
                    ]
                )
            )
        default:
            // Three days in October 2024, late ones among them, and now and then one from 2099.
            let reads = try (0..<Int.random(in: 1...12, using: &random)).map { _ in
                let hour = Int.random(in: 10...19, using: &random)
                let day = Int.random(in: 3...5, using: &random)
                let isAhead = Int.random(in: 0..<20, using: &random) == 0
                return try site.read(
                    "กข \(Int.random(in: 1...5, using: &random))",
                    camera: "C\(Int.random(in: 1...3, using: &random))",
                    seen: isAhead ? "2099-01-01T00:00:00Z" : "2024-10-0\(day)T\(hour):00:00Z"
                )
            }
            ids += try await site.recorder.record(reads).map(\.recordID)
        }
    }

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
        _ = try await site.recorder.list(site.draft("กข 1"), by: .system)
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

    @Test func everyRelativeLinkLeadsToAFile() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(
            (0..<25).map { try site.read("กข \($0)", seen: "2026-01-01T00:00:\(10 + $0)Z") }
        )
        try site.generate()
        let files = try site.files()
        for (path, data) in files where path.hasSuffix(".html") && path != "404.html" {
            let folder = URL(fileURLWithPath: "/" + path).deletingLastPathComponent()
            for link in links(String(decoding: data, as: UTF8.self)) {
                let target = folder.appending(path: link).standardized.path.dropFirst()
                #expect(files[String(target)] != nil, "\(path) links to \(link)")
            }
        }
        try await site.close()
    }

    private func links(_ html: String) -> [String] {
        ["href=\"", "src=\""].flatMap { mark in
            html.split(separator: mark).dropFirst().map { String($0.prefix { $0 != "\"" }) }
        }.filter { !$0.hasPrefix("#") && !$0.hasPrefix("images/") && !$0.isEmpty }
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
            (good + "\n{{#open}}", "home.mustache:"), (good + "\n{{misspelt}}", "home.mustache:"),
        ] {
            try Data(bad.utf8).write(to: home)
            let error = #expect(throws: TemplateError.self) { try site.generate() }
            #expect(error?.description.hasPrefix(place) == true, "\(String(describing: error))")
            #expect(try site.files() == before)
        }
        try Data(good.utf8).write(to: home)
        try site.generate()
        try await site.close()
    }
}
