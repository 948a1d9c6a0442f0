import Core
import Foundation
import SiteGen
import Testing

/// DESIGN's invariants of the site, over random histories.
@Suite struct InvariantTests {
    /// Invariant 4.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func incrementalEqualsFullAfterAnyHistory(seed: UInt64) async throws {
        let site = try TestSite()
        var history = History(site, seed: seed)
        // Every other history is published by a generator that remembers, as in a running service.
        var generator = site.generator()
        _ = try generator.generate()
        for _ in 0..<12 {
            try await history.goOn()
            if seed.isMultiple(of: 2) { generator = site.generator() }
            #expect(try !generator.generate().isFull)
        }
        try site.generate(full: true, into: "full")
        let (incremental, full) = (try site.files(), try site.files("full"))
        #expect(Set(incremental.keys).symmetricDifference(full.keys).isEmpty)
        for (path, data) in full { #expect(incremental[path] == data, "\(path) differs") }
        try await site.close()
    }

    /// Invariant 5: between any two writes, every page that a reader can come to has only links that
    /// lead somewhere.
    @Test(arguments: 100..<112 as Range<UInt64>)
    func noReaderMeetsABrokenLink(seed: UInt64) async throws {
        let site = try TestSite()
        var history = History(site, seed: seed)
        try site.generate()
        for _ in 0..<6 {
            let before = try site.files()
            try await history.goOn()
            let writes = try site.writesOfGenerating()
            let after = try site.files()
            Links.expectWhole(between: before, and: after, writes: writes)
            #expect(Links.broken(in: after) == nil)
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
        for (path, data) in files
        where path.hasSuffix(".html") && !["403.html", "404.html"].contains(path) {
            for target in Links.targets(of: path, String(decoding: data, as: UTF8.self)) {
                #expect(files[target] != nil, "\(path) links to \(target)")
            }
        }
        try await site.close()
    }

    /// Invariant 7: what links to a day's pages does not grow with them.
    @Test func aLongDaysSummaryStaysShort() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(
            (0..<600).map { number in
                try site.read("กข \(number)", seen: "2026-01-01T0\(number / 100):00:00Z")
            }
        )
        try site.generate()
        let day = try site.text("archive/2026/01/01.html")
        #expect(day.components(separatedBy: "href=\"01/").count - 1 == 6 + 2)
        #expect(day.contains("href=\"01/60.html\""))
        // The seventh hour of the day in Bangkok begins with the first record.
        #expect(day.contains("<a href=\"01/1.html\">07:00</a>"))
        #expect(day.contains("<a href=\"01/11.html\">08:00</a>"))
        try await site.close()
    }

    /// A database that was put in another's place is noticed, though its events have like ids.
    @Test func anotherDatabaseIsPublishedFromScratch() async throws {
        let (site, other) = (try TestSite(), try TestSite())
        for (index, place) in [site, other].enumerated() {
            _ = try await place.recorder.record(
                place.read("กข \(index)", seen: "2026-01-01T00:00:00Z")
            )
        }
        try site.generate()
        _ = try await other.recorder.record(other.read("กข 7", seen: "2026-01-02T00:00:00Z"))
        other.options.publicPath = site.folder.appending(path: "public").path
        let outcome = try Generator(store: other.store, options: other.options).generate()
        #expect(outcome.isFull)
        #expect(try site.text("records.html").contains("กข 7"))
        #expect(try !site.text("archive/2026/01/01/1.html").contains("กข 0"))
        try await site.close()
        try await other.close()
    }
}
