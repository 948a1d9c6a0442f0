import Logging
import Synchronization
import Testing

@testable import Core

/// A log whose pages are counted, and cannot be read as often as it is told.
private final class FlakyLog: EventLog {
    let pagesRead = Atomic<Int>(0)
    let failures = Atomic<Int>(0)
    private let log: StoredEventLog

    init(_ site: TestSite) { log = StoredEventLog(store: site.store, feed: site.feed) }

    var end: LogEnd { log.end }

    func onAppend(_ body: @escaping @Sendable () -> Void) -> Int { log.onAppend(body) }

    func remove(_ token: Int) { log.remove(token) }

    func page(after id: Int64, limit: Int, filter: EventFilter) async throws -> EventPage {
        pagesRead.add(1, ordering: .relaxed)
        if failures.load(ordering: .relaxed) > 0 {
            failures.subtract(1, ordering: .relaxed)
            throw Refusal(.storage, "the disk is away")
        }
        return try await log.page(after: id, limit: limit, filter: filter)
    }
}

/// What a follower was handed, in order; each test waits for as much as it expects.
private struct Told {
    let batches: AsyncStream<LogFollower.Batch>
    private let handed: AsyncStream<LogFollower.Batch>.Continuation

    init() { (batches, handed) = AsyncStream.makeStream() }

    func take(_ batch: LogFollower.Batch) -> LogFollower.Outcome {
        handed.yield(batch)
        return .taken
    }

    /// The ids of the events up to the given one.
    func ids(through last: Int64) async -> [Int64] {
        var ids: [Int64] = []
        for await batch in batches {
            ids += batch.events.map(\.id)
            if batch.end >= last { break }
        }
        return ids
    }
}

@Suite struct LogFollowerTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func follow(
        _ log: any EventLog,
        kinds: Set<Event.Kind> = Set(Event.Kind.allCases),
        after position: Int64? = 0,
        isSuspended: Bool = false
    ) -> LogFollower {
        LogFollower(
            name: "test",
            log: log,
            filter: EventFilter(kinds: kinds),
            after: position,
            isSuspended: isSuspended,
            retryPause: .milliseconds(1),
            logger: LogFollowerTests.logger
        )
    }

    private func record(_ count: Int, at site: TestSite) async throws {
        for _ in 0..<count { _ = try await site.recorder.record(site.read()) }
    }

    @Test func everyEventIsHandedOnOnceAndInOrder() async throws {
        let site = try TestSite()
        let log = FlakyLog(site)
        // More than two batches before it starts, and some while it follows.
        _ = try await site.recorder.record((0..<600).map { _ in try site.read() })
        let (follower, told) = (follow(log), Told())
        let following = Task { await follower.run { told.take($0) } }
        try await record(50, at: site)
        let newest = log.latestEventID
        #expect(await told.ids(through: newest) == Array(1...newest))
        following.cancel()
        await following.value
        #expect(follower.position == newest)
        #expect(site.feed.followerCount == 0)
        try await site.close()
    }

    @Test func aSlowFollowerHoldsNoOtherUp() async throws {
        let site = try TestSite()
        let log = FlakyLog(site)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let slowTold = Told()
        let slow = follow(log)
        let slowly = Task {
            await slow.run { batch in
                for await _ in gate {}
                return slowTold.take(batch)
            }
        }
        let quick = (0..<20).map { _ in (follow(log), Told()) }
        let quickly = quick.map { follower, told in Task { await follower.run { told.take($0) } } }
        try await record(300, at: site)
        let newest = log.latestEventID
        for (_, told) in quick { #expect(await told.ids(through: newest) == Array(1...newest)) }
        #expect(slow.position == 0)
        open.finish()
        #expect(await slowTold.ids(through: newest) == Array(1...newest))
        for task in quickly + [slowly] {
            task.cancel()
            await task.value
        }
        try await site.close()
    }

    @Test func aFilterPassesOverOtherKindsWithoutReadingThem() async throws {
        let site = try TestSite()
        let log = FlakyLog(site)
        let (follower, told) = (follow(log, kinds: [.health]), Told())
        let following = Task { await follower.run { told.take($0) } }
        try await record(40, at: site)
        #expect(await told.ids(through: log.latestEventID) == [])
        #expect(log.pagesRead.load(ordering: .relaxed) == 0)
        let check = await HealthMonitor(store: site.store, recorder: site.recorder) { [] }.look()
        try await site.recorder.record(check)
        let newest = log.latestEventID
        #expect(await told.ids(through: newest) == [newest])
        #expect(log.pagesRead.load(ordering: .relaxed) == 1)
        following.cancel()
        await following.value
        try await site.close()
    }

    @Test func whatWasPrunedIsReportedAsLost() async throws {
        var limits = Limits()
        limits.eventLogMax = 100
        let site = try TestSite(limits: limits)
        let log = FlakyLog(site)
        _ = try await site.recorder.record((0..<3_000).map { _ in try site.read() })
        try await record(1, at: site)
        let found = try await site.store.read { try $0.oldestEventID() }
        let oldest = try #require(found)
        #expect(oldest > 1)
        let (follower, told) = (follow(log, after: 7), Told())
        let following = Task { await follower.run { told.take($0) } }
        var batches = told.batches.makeAsyncIterator()
        let first = try #require(await batches.next())
        #expect(first.lost == 8...(oldest - 1))
        #expect(first.events.first?.id == oldest)
        try await record(1, at: site)
        #expect(await batches.next()?.lost == nil)
        following.cancel()
        await following.value
        try await site.close()
    }

    @Test func errorsOfTheLogAndOfTheHandlerAreTriedAgain() async throws {
        let site = try TestSite()
        let log = FlakyLog(site)
        try await record(20, at: site)
        log.failures.store(3, ordering: .relaxed)
        let (follower, told) = (follow(log), Told())
        let refusals = Atomic<Int>(3)
        let following = Task {
            await follower.run { batch in
                if refusals.subtract(1, ordering: .relaxed).oldValue > 0 {
                    throw Refusal(.busy, "not now")
                }
                return told.take(batch)
            }
        }
        let newest = log.latestEventID
        #expect(await told.ids(through: newest) == Array(1...newest))
        following.cancel()
        await following.value
        try await site.close()
    }

    @Test func aSuspendedFollowerReadsNothingAndResumesAtTheEnd() async throws {
        let site = try TestSite()
        let log = FlakyLog(site)
        let (follower, told) = (follow(log, after: nil, isSuspended: true), Told())
        let following = Task { await follower.run { told.take($0) } }
        try await record(30, at: site)
        #expect(log.pagesRead.load(ordering: .relaxed) == 0)
        follower.resume()
        let before = log.latestEventID
        try await record(1, at: site)
        #expect(
            await told.ids(through: log.latestEventID) == Array((before + 1)...log.latestEventID)
        )
        follower.suspend()
        let pages = log.pagesRead.load(ordering: .relaxed)
        try await record(30, at: site)
        #expect(log.pagesRead.load(ordering: .relaxed) == pages)
        following.cancel()
        await following.value
        try await site.close()
    }

    @Test func whatIsNotTakenIsReadAgainWithTheNewFilter() async throws {
        let site = try TestSite()
        let log = FlakyLog(site)
        try await record(3, at: site)
        let (follower, told) = (follow(log, kinds: [.camera]), Told())
        let following = Task {
            await follower.run { batch in
                guard batch.filter == EventFilter() else {
                    follower.filter = EventFilter()
                    return .readAgain
                }
                return told.take(batch)
            }
        }
        let newest = log.latestEventID
        #expect(await told.ids(through: newest) == Array(1...newest))
        following.cancel()
        await following.value
        try await site.close()
    }

    @Test func waitingPassesOverOtherKindsAndEndsWithItsTask() async throws {
        let site = try TestSite()
        let log = FlakyLog(site)
        let others = Set(Event.Kind.allCases).subtracting([.site])
        let follower = follow(log, kinds: others, after: nil)
        let waiting = Task { await follower.waitForEvents() }
        try await site.recorder.announceSite(eventID: 1, pages: 1)
        waiting.cancel()
        #expect(await waiting.value == false)
        let next = Task { await follower.waitForEvents() }
        try await record(1, at: site)
        #expect(await next.value)
        #expect(site.feed.followerCount == 0)
        try await site.close()
    }
}
