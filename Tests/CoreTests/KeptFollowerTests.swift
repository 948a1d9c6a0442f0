import Logging
import Synchronization
import Testing

@testable import Core

/// The lines that a test's service logs.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }
}

/// Followers whose position is stored in the database.
@Suite struct KeptFollowerTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func follower(_ site: TestSite, after position: Int64? = 0) -> LogFollower {
        LogFollower(
            name: "relay",
            log: StoredEventLog(store: site.store, feed: site.feed),
            filter: EventFilter(kinds: [.read]),
            after: position,
            keptBy: site.recorder,
            logger: Self.logger
        )
    }

    /// Follows until `count` events were passed on; returns their subjects.
    private func follow(_ follower: LogFollower, until count: Int) async -> [Int64] {
        let (handed, hand) = AsyncStream.makeStream(of: Int64.self)
        let following = Task {
            await follower.run { batch in
                for event in batch.events { hand.yield(event.subject ?? 0) }
                return .taken
            }
        }
        var subjects: [Int64] = []
        for await subject in handed {
            subjects.append(subject)
            if subjects.count == count { break }
        }
        // The position is stored before the end: the task ends between two batches.
        following.cancel()
        await following.value
        return subjects
    }

    @Test func aRestartGoesOnExactlyWhereItWas() async throws {
        var site = try TestSite()
        let folder = site.folder
        var told: [Int64] = []
        for round in 0..<4 {
            _ = try await site.recorder.record((0..<300).map { _ in try site.read() })
            told += await follow(follower(site), until: 300)
            if round == 3 { break }
            try await site.stop()
            site = try TestSite(folder: folder)
        }
        #expect(told == Array(1...1_200))
        try await site.close()
    }

    @Test func aNewFollowerBeginsAtTheEndAndIsKeptAtOnce() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record((0..<5).map { _ in try site.read() })
        let follower = follower(site, after: nil)
        let end = follower.position
        let following = Task { await self.follow(follower, until: 1) }
        _ = try await site.recorder.record(site.read())
        #expect(await following.value == [6])
        let kept = try await site.store.read { try $0.position(ofFollower: "relay") }
        #expect(try #require(kept) >= end)
        try await site.recorder.forgetFollower("relay")
        #expect(try await site.store.read { try $0.position(ofFollower: "relay") } == nil)
        try await site.close()
    }

    @Test func thePruningNamesTheFollowersThatItLeavesBehindOnce() async throws {
        var limits = Limits()
        limits.eventLogMax = 100
        let lines = Lines()
        let site = try TestSite(limits: limits, logger: lines.logger)
        try await site.recorder.keepPosition(3, ofFollower: "relay")
        try await site.recorder.keepPosition(1_000_000, ofFollower: "ahead")
        for _ in 0..<40 {
            _ = try await site.recorder.record((0..<100).map { _ in try site.read() })
        }
        // Reported by the commit, before the next one is answered.
        _ = try await site.recorder.record(site.read())
        let reports = lines.all.filter { $0.contains("pruned past") }
        #expect(reports.count == 1 && reports[0].contains("relay"))
        let follower = follower(site)
        let subjects = await follow(follower, until: 10)
        #expect((subjects.first ?? 0) > 3)
        try await site.close()
    }
}
