import Seeded
import Testing

@testable import Core

@Suite struct DelayControllerTests {
    /// Feeds a delay above its target every 10 ms.
    private func exceed(_ delay: inout DelayController, from start: Int64, through end: Int64) {
        for now in stride(from: start, through: end, by: 10) {
            delay.isAboveTarget(since: now, now: now)
        }
    }

    @Test func aBurstBindsNothing() {
        var delay = DelayController(interval: 100)
        exceed(&delay, from: 0, through: 90)
        #expect(!delay.isBound(91))
        #expect(!delay.mayBeBound)
    }

    @Test func aDelayThatStaysAboveItsTargetForAnIntervalBinds() {
        var delay = DelayController(interval: 100)
        exceed(&delay, from: 0, through: 100)
        #expect(delay.isBound(101))
    }

    @Test func oneMeasurementBelowTheTargetStartsTheIntervalAgain() {
        var delay = DelayController(interval: 100)
        exceed(&delay, from: 0, through: 90)
        delay.isBelowTarget()
        exceed(&delay, from: 100, through: 190)
        #expect(!delay.isBound(191))
        exceed(&delay, from: 200, through: 200)
        #expect(delay.isBound(201))
    }

    @Test func theFirstExcessMayHaveBegunBefore() {
        var delay = DelayController(interval: 100)
        delay.isAboveTarget(since: 0, now: 100)
        #expect(delay.isBound(101))
        // The next one's own beginning says nothing.
        delay.unbind()
        delay.isAboveTarget(since: 150, now: 160)
        #expect(delay.isBound(161))
    }

    @Test func theBoundHoldsUntilNothingRenewsIt() {
        var delay = DelayController(interval: 100, hold: 1_000)
        exceed(&delay, from: 0, through: 100)
        delay.isBelowTarget()
        #expect(delay.isBound(1_099))
        #expect(!delay.isBound(1_100))
        delay.bind(1_050)
        #expect(delay.isBound(2_049))
        #expect(!delay.isBound(2_050))
        #expect(delay.mayBeBound)
        delay.unbind()
        #expect(!delay.mayBeBound)
    }

    /// Against the specification: bound if and only if, within the last `hold`, the delay was above the target at
    /// some moment with every measurement of the interval before it.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func itIsTheRuleOfAnyHistory(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var delay = DelayController(interval: 50, hold: 200)
        var history: [(now: Int64, isAbove: Bool)] = []
        var now: Int64 = 0
        for _ in 0..<120 {
            now += Int64.random(in: 1...20, using: &random)
            let isAbove = Int.random(in: 0..<12, using: &random) > 0
            history.append((now, isAbove))
            if isAbove { delay.isAboveTarget(since: now, now: now) } else { delay.isBelowTarget() }
            let binding = history.indices.last { index in
                let run = history[...index].reversed().prefix { $0.isAbove }
                return run.last.map { history[index].now - $0.now >= 50 } ?? false
            }
            let isBound = binding.map { now < history[$0].now + 200 } ?? false
            #expect(delay.isBound(now) == isBound)
        }
    }

    @Test func theRateIsThatOfTheLastMeasurements() throws {
        var rate = ServiceRate()
        #expect(rate.perMillisecond == nil)
        rate.add(100, milliseconds: 10)
        #expect(rate.perMillisecond == 10)
        for _ in 0..<100 { rate.add(20, milliseconds: 10) }
        #expect(abs(try #require(rate.perMillisecond) - 2) < 0.01)
    }
}
