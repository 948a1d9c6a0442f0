import Foundation
import Logging
import Testing

@testable import Core

/// A clock that jumps ahead deletes nothing.
@Suite struct RetentionClockTests {
    private static let now = Timestamp(milliseconds: 1_795_938_000_000)
    private static let tenYears = 315_360_000

    private static var limits: Limits {
        var limits = Limits()
        limits.retentionDays = 364
        return limits
    }

    private func site(_ folder: URL? = nil, at instant: Timestamp) throws -> TestSite {
        try TestSite(limits: Self.limits, folder: folder) { instant }
    }

    /// Records and health reports that are left after the clean-up at a start.
    private func left(in site: TestSite) async throws -> [Int] {
        let monitor = HealthMonitor(store: site.store, recorder: site.recorder) { [] }
        try await Housekeeping(
            recorder: site.recorder,
            monitor: monitor,
            checkMinutes: 5,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).cleanUp()
        return try await site.store.read {
            [
                try Int($0.statistics().total.reads),
                try $0.healthChecks(since: Timestamp(milliseconds: 0), limit: 9).count,
            ]
        }
    }

    private func fill(_ site: TestSite) async throws {
        _ = try await site.recorder.record(
            site.read(picture: TestSite.png, receivedAt: Self.now)
        )
        try await site.recorder.record(HealthCheck(checkedAt: Self.now, components: []))
    }

    /// Also not at the second start, when what the first one wrote is of 2036, too.
    @Test func aStartTenYearsAheadDeletesNothing() async throws {
        let first = try site(at: Self.now)
        try await fill(first)
        try await first.stop()
        for starts in 0..<3 {
            let ahead = try site(first.folder, at: Self.now.adding(seconds: Self.tenYears))
            #expect(try await left(in: ahead) == [1 + starts, 1 + starts])
            let check = await HealthMonitor(store: ahead.store, recorder: ahead.recorder) { [] }
                .look()
            let services = check.components.first { $0.part == .services }
            #expect(services?.status == .warning)
            #expect(services?.details.last?.value["code"] == .string("clock_jumped"))
            try await ahead.recorder.record(
                HealthCheck(checkedAt: ahead.recorder.clock(), components: [])
            )
            _ = try await ahead.recorder.record(ahead.read(receivedAt: ahead.recorder.clock()))
            try await ahead.stop()
        }
        let right = try site(first.folder, at: Self.now.adding(seconds: 3_600))
        #expect(try await left(in: right) == [4, 4])
        #expect(right.recorder.retentionHold == nil)
        try await right.close()
    }

    @Test func aBelievedClockDeletesWhatIsOld() async throws {
        let first = try site(at: Self.now)
        _ = try await first.recorder.record(
            first.read(receivedAt: Self.now.adding(seconds: -370 * 86_400))
        )
        try await fill(first)
        try await first.recorder.record(
            HealthCheck(checkedAt: Self.now.adding(seconds: -40 * 86_400), components: [])
        )
        #expect(try await left(in: first) == [1, 1])
        try await first.close()
    }

    /// What was received while the clock was lost goes with what came before and after it.
    @Test(arguments: [1, 600])
    func whatALostClockReceivedGoesWithItsNeighbours(count: Int) async throws {
        let site = try site(at: Self.now)
        let days = [-100] + Array(repeating: -17_000, count: count) + [3_650, -90]
        for day in days {
            _ = try await site.recorder.record(
                site.read(receivedAt: Self.now.adding(seconds: day * 86_400))
            )
        }
        for (days, removed) in [(364, 0), (95, 1), (80, count + 2)] {
            #expect(try await site.recorder.removeOld(days: days, by: .system).records == removed)
        }
        try await site.close()
    }

    @Test func theClockIsBelievedAfterADayOfRunning() {
        var clock = RetentionClock(trusted: Self.now, uptime: 0)
        clock.look(at: Self.now.adding(seconds: 7 * 86_400), uptime: 0)
        #expect(clock.hold?.secondsLeft == 86_400)
        clock.look(at: Self.now.adding(seconds: 7 * 86_400 + 80_000), uptime: 80_000)
        #expect(clock.hold?.secondsLeft == 6_400)
        // A service that is started each night continues with it.
        guard var again = RetentionClock(text: clock.text, uptime: 5) else {
            Issue.record("\(clock.text) is not read")
            return
        }
        again.look(at: Self.now.adding(seconds: 7 * 86_400 + 80_600), uptime: 5)
        #expect(again.hold?.secondsLeft == 6_400)
        again.look(at: Self.now.adding(seconds: 7 * 86_400 + 87_000), uptime: 6_405)
        #expect(again.hold == nil)
        #expect(RetentionClock(text: again.text, uptime: 0)?.hold == nil)
    }

    @Test func aClockThatJumpsOnOrBackIsLookedAtAgain() {
        var clock = RetentionClock(trusted: Self.now, uptime: 0)
        clock.look(at: Self.now.adding(seconds: 90_000), uptime: 5_000)
        #expect(clock.hold == nil)
        clock.look(at: Self.now.adding(seconds: Self.tenYears), uptime: 5_010)
        clock.look(at: Self.now.adding(seconds: Self.tenYears + 50_000), uptime: 55_010)
        #expect(clock.hold?.seconds == 50_000)
        clock.look(at: Self.now.adding(seconds: 2 * Self.tenYears), uptime: 55_020)
        #expect(clock.hold?.seconds == 0)
        clock.look(at: Self.now.adding(seconds: 140_020), uptime: 55_030)
        #expect(clock.hold == nil)
    }
}
