import Core
import Foundation
import Synchronization
import Testing

@testable import SiteGen

/// A full build, whose pages are written by another thread than the one that makes them.
@Suite struct FullBuildTests {
    /// Invariant 5 holds for it too: the order is the one in which pages were made.
    @Test(arguments: 200..<208 as Range<UInt64>)
    func noReaderMeetsABrokenLink(seed: UInt64) async throws {
        let site = try TestSite()
        var history = History(site, seed: seed)
        try site.generate()
        for _ in 0..<4 {
            let before = try site.files()
            for _ in 0..<3 { try await history.goOn() }
            let writes = try site.writesOfGenerating(full: true)
            let after = try site.files()
            Links.expectWhole(between: before, and: after, writes: writes)
        }
        try await site.close()
    }

    /// What comes after a page that could not be written would lead to it.
    @Test func aPageThatCannotBeWrittenEndsTheBuild() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(site.read("กข 1", seen: "2026-01-01T00:00:00Z"))
        try site.put("", "public/.lock")
        try site.put("a file where a folder must be", "public/archive")
        #expect(throws: (any Error).self) { try site.generate(full: true) }
        #expect(throws: (any Error).self) { try site.text("index.html") }
        #expect(throws: (any Error).self) { try site.text("data/site.json") }
        #expect(try site.text("archive") == "a file where a folder must be")
        try FileManager.default.removeItem(atPath: site.path("public/archive"))
        #expect(try site.generate().isFull)
        #expect(try site.text("archive/2026/01/01/1.html").contains("กข 1"))
        try await site.close()
    }

    /// A service that stops does not make ten million records' pages first.
    @Test(arguments: 210..<216 as Range<UInt64>)
    func oneThatIsStoppedLeavesWholePagesAndTheNextMakesTheOthers(seed: UInt64) async throws {
        let site = try TestSite()
        var history = History(site, seed: seed)
        for _ in 0..<4 { try await history.goOn() }
        var pagesLeft = Int(seed % 4) * 5 + 1
        let generator = site.generator()
        #expect(throws: CancellationError.self) {
            try generator.generate(
                with: Templates(path: site.options.templatesPath),
                isStopped: {
                    pagesLeft -= 1
                    return pagesLeft < 0
                }
            )
        }
        let stopped = try site.files()
        #expect(stopped["data/site.json"] == nil, "the state says that the pages are made")
        #expect(try generator.generate().isFull)
        try site.generate(full: true, into: "other")
        #expect(try site.files() == site.files("other"))
        try await site.close()
    }

    @Test func filesAreWrittenInOrderAndNoneAfterOneThatFails() {
        let written = Mutex<[String]>([])
        let writer = FileWriter { path, _ in
            if path == "40" { throw Refusal(.storage, "the disk is full") }
            written.withLock { $0.append(path) }
            return path != "7"
        }
        var told: [String] = []
        #expect(throws: Refusal.self) {
            for number in 0..<1_000 {
                try writer.add("\(number)", FullBuildTests.page)
                told += writer.takeWritten()
            }
        }
        #expect(throws: Refusal.self) { try writer.finish() }
        #expect(written.withLock { $0 } == (0..<40).map(String.init))
        #expect(told + writer.takeWritten() == (0..<40).filter { $0 != 7 }.map(String.init))
    }

    @Test func allIsWrittenAtTheEnd() throws {
        let written = Mutex(0)
        let writer = FileWriter { _, bytes in
            written.withLock { $0 += bytes.count }
            return true
        }
        for _ in 0..<3 { try writer.add("small", DeferredPage([1])) }
        try writer.finish()
        #expect(written.withLock { $0 } == 3)
    }

    /// Memory does not grow with the site.
    @Test func whoMakesPagesWaitsForWhoWritesThem() throws {
        let waiting = Mutex((now: 0, most: 0))
        let writer = FileWriter { _, bytes in
            usleep(200)
            waiting.withLock { waiting in
                waiting.most = max(waiting.most, waiting.now)
                waiting.now -= bytes.count
            }
            return true
        }
        for number in 0..<400 {
            try writer.add("\(number)", FullBuildTests.page)
            waiting.withLock { $0.now += FullBuildTests.pageBytes }
        }
        try writer.finish()
        #expect(waiting.withLock { $0.most } <= FileWriter.bytesMax)
        #expect(waiting.withLock { $0.now } == 0)
    }

    private static let pageBytes = 65_536
    private static let page = DeferredPage([UInt8](repeating: 32, count: pageBytes))
}
