import Testing

@testable import Ingest

@Suite struct LoopPaceTests {
    private let roundMax: Int64 = 10

    /// Rounds of a length, one after the other, in each of which so many reads are let in and answered.
    private func run(
        _ pace: inout LoopPace,
        length: Int64,
        reads: Int = 0,
        from start: Int64,
        to end: Int64
    ) {
        for now in stride(from: start, to: end, by: Int(length)) {
            pace.begin(now)
            for _ in 0..<reads where pace.letIn(1, now: { now }) != nil {
                pace.areOver(1, .answered)
            }
            pace.end(now + length)
        }
    }

    /// The pace at 400 ms, after rounds that were all long and in which nothing came.
    private var late: LoopPace {
        var pace = LoopPace(roundMax: roundMax)
        run(&pace, length: 20, from: 0, to: 400)
        return pace
    }

    /// How many of a thousand reads are let in that come together at the beginning of a round.
    private func letIn(_ pace: inout LoopPace, at now: Int64) -> Int {
        pace.begin(now)
        return (0..<1_000).count { _ in pace.letIn(1, now: { now }) != nil }
    }

    @Test func aCrowdIsLetInWhole() {
        var pace = LoopPace(roundMax: roundMax)
        run(&pace, length: 60, from: 0, to: 120)
        #expect(letIn(&pace, at: 120) == 1_000)
    }

    @Test func oneShortRoundEndsTheSuspicion() {
        var pace = LoopPace(roundMax: roundMax)
        for start in stride(from: Int64(0), to: 1_000, by: 110) {
            run(&pace, length: 100, from: start, to: start + 100)
            run(&pace, length: 10, from: start + 100, to: start + 110)
        }
        #expect(letIn(&pace, at: 1_100) == 1_000)
    }

    @Test func whereRoundsStayLongOnlySoManyAreLetInAsAreAnsweredInTime() {
        var pace = LoopPace(roundMax: roundMax)
        // Twenty a millisecond: 150 within three quarters of ten milliseconds.
        run(&pace, length: 20, reads: 400, from: 0, to: 1_000)
        #expect(letIn(&pace, at: 1_000) == 150)
        #expect(pace.underWay == 150)
    }

    @Test func aFewAreLetInHoweverSlowTheDisk() {
        var pace = LoopPace(roundMax: roundMax)
        run(&pace, length: 100, reads: 1, from: 0, to: 1_000)
        #expect(letIn(&pace, at: 1_000) == LoopPace.readsMin)
    }

    @Test func nothingIsLetInLateInALongRound() {
        var pace = late
        pace.begin(400)
        #expect(letIn(&pace, 1, at: 405) == 1)
        #expect(letIn(&pace, 1, at: 406) == nil)
    }

    private func letIn(_ pace: inout LoopPace, _ reads: Int, at now: Int64) -> Int? {
        pace.letIn(reads) { now }
    }

    @Test func aBodyOfManyReadsTakesAnEighthOfThePlacesUntilItIsHere() {
        var pace = late
        pace.begin(400)
        for _ in 0..<8 { #expect(letIn(&pace, 10_000, at: 400) == LoopPace.readsMin / 8) }
        #expect(letIn(&pace, 1, at: 400) == nil)
    }

    /// Clients that promise bodies and send none must not keep the others out.
    @Test func refusalsEndWhereNothingIsAnswered() {
        var pace = late
        var refused: [Int64] = []
        for now in stride(from: Int64(400), to: 3_000, by: 10) {
            pace.begin(now)
            if letIn(&pace, 10_000, at: now) == nil { refused.append(now) }
            pace.end(now + 1)
        }
        #expect(refused.first == 480)
        #expect(refused.last == 1_390)
    }

    @Test func theRecordersRefusalsBindAsWell() {
        var pace = LoopPace(roundMax: roundMax)
        run(&pace, length: 1, from: 0, to: 100)
        #expect(letIn(&pace, 1, at: 100) == 1)
        pace.areOver(1, .refused)
        #expect(letIn(&pace, at: 101) == LoopPace.readsMin)
    }

    /// How many of a thousand large bodies are let in that begin together.
    private func letLargeIn(_ pace: inout LoopPace, at now: Int64) -> Int {
        pace.begin(now)
        return (0..<1_000).count { _ in pace.letIn(1, isLarge: true, now: { now }) != nil }
    }

    @Test func aBodyThatWaitsTooLongForItsTurnBindsLargeOnes() {
        var pace = LoopPace(roundMax: roundMax)
        run(&pace, length: 1, reads: 1, from: 0, to: 100)
        pace.bodyIsLate(100)
        #expect(pace.isBound(101))
        #expect(letLargeIn(&pace, at: 101) == LoopPace.readsMin)
        // Small ones wait for no turn.
        #expect(letIn(&pace, at: 101) == 1_000)
    }

    @Test func aSecondWithoutARefusedLargeBodyEndsThatBound() {
        var pace = LoopPace(roundMax: roundMax)
        run(&pace, length: 1, reads: 1, from: 0, to: 100)
        pace.bodyIsLate(100)
        #expect(!pace.isBound(100 + LoopPace.memory))
        #expect(letLargeIn(&pace, at: 100 + LoopPace.memory) == 1_000)
    }

    /// A fleet on slow lines is answered, although its reads do not count while they come.
    @Test func answersToUncountedReadsSayThatTheLoadIsReal() {
        var pace = late
        for now in stride(from: Int64(400), to: 3_000, by: 10) {
            pace.begin(now)
            pace.areAnswered(1)
            _ = letIn(&pace, 10_000, at: now)
            pace.end(now + 1)
        }
        #expect(letIn(&pace, 10_000, at: 3_000) == nil)
    }

    /// Clients that promise bodies and send none make others wait, but must not keep them out.
    @Test func aLateBodyBindsNobodyWhereNothingIsAnswered() {
        var pace = LoopPace(roundMax: roundMax)
        run(&pace, length: 1, reads: 1, from: 0, to: 100)
        run(&pace, length: 1, from: 100, to: 100 + LoopPace.stillness)
        pace.bodyIsLate(100 + LoopPace.stillness)
        #expect(letLargeIn(&pace, at: 101 + LoopPace.stillness) == 1_000)
    }

    @Test func aSecondWithoutARefusalEndsIt() {
        var pace = late
        pace.begin(1_250)
        #expect(letIn(&pace, 1, at: 1_250) == 1)
        pace.areOver(1, .answered)
        #expect(letIn(&pace, at: 1_300) == LoopPace.readsMin)
        pace.areOver(LoopPace.readsMin, .answered)
        // The last refusal was at 1,300.
        #expect(letIn(&pace, at: 2_299) == LoopPace.readsMin)
        pace.areOver(LoopPace.readsMin, .answered)
        #expect(letIn(&pace, at: 3_299) == 1_000)
    }
}
