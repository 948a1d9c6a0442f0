import Logging
import Synchronization
import Testing

@testable import Core

/// All parts share one clock: a test that steps it steps the whole service.
@Suite struct ServiceClockTests {
    private let clock = SteppedClock()

    @Test func theDayBeginsAndChecksAreMadeByTheServicesClock() async throws {
        let clock = clock
        let site = try TestSite { clock.now }
        let monitor = HealthMonitor(store: site.store, recorder: site.recorder) { [] }
        let housekeeping = Housekeeping(
            recorder: site.recorder,
            monitor: monitor,
            checkMinutes: 5,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let first = try await site.store.read { try $0.statistics().day }
        #expect(first == site.calendar.day(of: clock.now))
        clock.step(seconds: 86_400)
        try await housekeeping.look()
        #expect(try await site.store.read { try $0.statistics().day } == first.adding(days: 1))
        #expect(await monitor.look().checkedAt == clock.now)
        try await site.close()
    }
}

/// A clock that only moves when it is stepped.
private final class SteppedClock: Sendable {
    private let instant = Mutex(Timestamp(milliseconds: 1_795_938_000_000))

    var now: Timestamp { instant.withLock { $0 } }

    func step(seconds: Int) { instant.withLock { $0 = $0.adding(seconds: seconds) } }
}
