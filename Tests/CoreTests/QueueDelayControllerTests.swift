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

    /// A disk that takes 25 ms for each commit: waiting for two of them is no overload, and as many may wait as they take.
    @Test func aSlowDiskIsNoOverload() {
        var overload = QueueDelayController(waitMax: 10)
        func run(waited: Int64, from start: Int64, to end: Int64) {
            for now in stride(from: start, through: end, by: 25) {
                overload.begins(now - waited)
                overload.taken(500, next: nil, now: now)
            }
        }
        run(waited: 49, from: 0, to: 1_000)
        #expect(!overload.refuses(behind: 100_000) { 1_001 })
        run(waited: 80, from: 1_025, to: 2_000)
        #expect(!overload.refuses(behind: 999) { 2_001 })
        #expect(overload.refuses(behind: 1_001) { 2_002 })
    }

    /// While less is admitted than comes, all batches are large, and take long for that: the target must not follow them.
    @Test func theTargetDoesNotGrowWithTheBatches() {
        var overload = QueueDelayController(waitMax: 10)
        run(&overload, waited: 1, from: 0, to: 100)
        var now: Int64 = 100
        for _ in 0..<2_000 {
            now += 60
            overload.begins(now - 80)
            overload.taken(600, next: nil, now: now)
            _ = overload.refuses(behind: 100_000) { now }
        }
        // 10 a millisecond, in twice the 10 ms that batches took before.
        #expect(overload.batchMilliseconds == 10)
        #expect(overload.refuses(behind: 220) { now })
        #expect(!overload.refuses(behind: 180) { now })
    }

    @Test func theLeastTimeIsForgottenWithItsWindow() {
        var floor = ServiceFloor()
        #expect(floor.milliseconds == 0)
        floor.add(3, now: 0, isBound: false)
        floor.add(40, now: 10, isBound: false)
        #expect(floor.milliseconds == 3)
        for seconds in 0...60 as ClosedRange<Int64> {
            floor.add(40, now: seconds * 1_000, isBound: true)
        }
        #expect(floor.milliseconds == 3)
        for now in stride(
            from: 2 * ServiceFloor.window,
            through: 4 * ServiceFloor.window,
            by: 1_000
        ) {
            floor.add(40, now: now, isBound: false)
        }
        #expect(floor.milliseconds == 40)
    }

    @Test func theQueueRefusesWhatWouldWaitTooLong() async throws {
        let site = try TestSite()
        let read = try site.read()
        let now = Mutex<Int64>(0)
        let queue = WorkQueue(limits: Limits()) { now.withLock { $0 } }
        // The disk is fast; then something else keeps it busy.
        for passed in [1, 1] + Array(repeating: Int64(50), count: 40) {
            _ = queue.add(.read(PendingRead(read)) { _ in })
            now.withLock { $0 += passed }
            _ = queue.take(.commit)
        }
        let refused = (0..<300).filter { _ in
            queue.add(.read(PendingRead(read)) { _ in }) != nil
        }
        #expect(refused == Array(QueueDelayController.readsMin..<300))
        try await site.close()
    }
}
