import Synchronization
import Testing

@testable import Core

@Suite struct QueueDelayControllerTests {
    /// The writer finds work that came `waited` milliseconds ago, every 10 ms until `end`.
    private func run(
        _ overload: inout QueueDelayController,
        waited: Int64,
        from start: Int64,
        to end: Int64
    ) {
        for now in stride(from: start, through: end, by: 10) {
            overload.begins(now - waited)
            overload.taken(100, next: nil, now: now)
        }
    }

    @Test func aCrowdIsLetIn() {
        var overload = QueueDelayController(waitMax: 10)
        run(&overload, waited: 80, from: 0, to: 200)
        #expect(!overload.refuses(behind: 100_000) { 200 })
    }

    @Test func aQueueThatStaysLongIsShortened() {
        var overload = QueueDelayController(waitMax: 10)
        run(&overload, waited: 80, from: 0, to: 300)
        #expect(overload.refuses(behind: 300) { 301 })
        #expect(!overload.refuses(behind: QueueDelayController.readsMin - 1) { 302 })
    }

    @Test func asManyMayWaitAsAreStoredWithinTheBound() {
        var overload = QueueDelayController(waitMax: 100)
        // 100 reads in 10 ms: a thousand within the bound.
        run(&overload, waited: 500, from: 0, to: 1_000)
        #expect(!overload.refuses(behind: 900) { 1_001 })
        #expect(overload.refuses(behind: 1_100) { 1_002 })
    }

    @Test func aSecondWithoutRefusalsEndsIt() {
        var overload = QueueDelayController(waitMax: 10)
        run(&overload, waited: 80, from: 0, to: 300)
        #expect(overload.refuses(behind: 1_000) { 900 })
        run(&overload, waited: 1, from: 910, to: 1_800)
        #expect(overload.refuses(behind: 1_000) { 1_850 })
        #expect(!overload.refuses(behind: 1_000) { 2_850 })
        #expect(!overload.refuses(behind: 1_000) { 2_851 })
    }

    @Test func theQueueRefusesWhatWouldWaitTooLong() async throws {
        let site = try TestSite()
        let read = try site.read()
        let now = Mutex<Int64>(0)
        let queue = WorkQueue(limits: Limits()) { now.withLock { $0 } }
        for _ in 0..<40 {
            _ = queue.add(.read(PendingRead(read)) { _ in })
            now.withLock { $0 += 50 }
            _ = queue.take(.commit)
        }
        let refused = (0..<300).filter { _ in
            queue.add(.read(PendingRead(read)) { _ in }) != nil
        }
        #expect(refused == Array(QueueDelayController.readsMin..<300))
        try await site.close()
    }
}
