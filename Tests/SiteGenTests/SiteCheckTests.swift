import Core
import Foundation
import Testing

@testable import SiteGen

/// Pages are compared with a full build, byte for byte, and nothing is written.
@Suite struct SiteCheckTests {
    private func check(_ site: TestSite) throws -> (findings: [Finding], notes: [String]) {
        var findings: [Finding] = []
        var notes: [String] = []
        try site.generator().check(note: { notes.append($0) }, found: { findings.append($0) })
        return (findings, notes)
    }

    private func site() async throws -> TestSite {
        let site = try TestSite()
        _ = try await site.recorder.addToBlacklist(site.draft("กข 3"), by: .system)
        _ = try await site.recorder.record(
            (0..<25).map { try site.read("กข \($0)", seen: "2026-01-01T00:00:\(10 + $0)Z") }
        )
        try site.generate()
        return site
    }

    enum Damage: String, CaseIterable {
        case flipped, stale, cut, missing, foreign, noState

        var kind: Finding.Kind {
            switch self {
            case .flipped, .stale, .cut: .pageDiffers
            case .missing, .noState: .pageMissing
            case .foreign: .pageForeign
            }
        }
    }

    @Test(arguments: Damage.allCases)
    func damageOfPagesIsFoundAndAFullBuildMendsIt(_ damage: Damage) async throws {
        let site = try await site()
        let page = "public/archive/2026/01/01/2.html"
        let url = URL(fileURLWithPath: site.path(page))
        switch damage {
        case .flipped:
            var bytes = try Data(contentsOf: url)
            bytes[bytes.count / 2] ^= 4
            try bytes.write(to: url)
        case .stale:
            let old = try Data(contentsOf: URL(fileURLWithPath: site.path("public/index.html")))
            _ = try await site.recorder.record(site.read("ZZ 1", seen: "2026-01-02T00:00:00Z"))
            try site.generate()
            try old.write(to: URL(fileURLWithPath: site.path("public/index.html")))
        case .cut: try Data(try Data(contentsOf: url).dropLast()).write(to: url)
        case .missing: try FileManager.default.removeItem(at: url)
        case .foreign: try site.put("old", "public/archive/2025/01/01.html")
        case .noState:
            try FileManager.default.removeItem(atPath: site.path("public/\(SiteState.path)"))
        }
        let before = try site.files()
        let found = try check(site).findings
        #expect(found.map(\.kind) == [damage.kind] && found.first?.count == 1)
        #expect(found.first?.kind.remedy == .generate)
        #expect(try site.files() == before)
        try site.generate(full: true)
        #expect(try check(site).findings == [])
        try await site.close()
    }

    /// What is still to be published is no damage; what else differs is.
    @Test func pagesThatAreStillToBePublishedAreNotCompared() async throws {
        let site = try await site()
        #expect(try check(site).findings == [])
        _ = try await site.recorder.record(site.read("ZZ 1", seen: "2026-01-02T00:00:00Z"))
        let behind = try check(site)
        #expect(behind.findings == [] && behind.notes.count == 1)
        try site.put("other", "public/archive/2026/01/01/1.html")
        #expect(try check(site).findings.map(\.kind) == [.pageDiffers])
        try site.generate()
        #expect(try check(site).findings.map(\.example) == ["archive/2026/01/01/1.html"])
        try await site.close()
    }

    /// Pages of other templates or options are made from scratch by the next start.
    @Test func pagesOfOtherOptionsAreNotCompared() async throws {
        let site = try await site()
        site.options.name = "other"
        #expect(try check(site).findings.map(\.kind) == [.pagesBehind])
        try await site.close()
    }
}
