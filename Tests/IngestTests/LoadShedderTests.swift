import Testing

@testable import Ingest

@Suite struct LoadShedderTests {
    private let roundMax: Int64 = 10

    /// Rounds of a length, one after the other, in each of which so many reads are let in and answered.
    private func run(
        _ shedder: inout LoadShedder,
        length: Int64,
        reads: Int = 0,
        from start: Int64,
        to end: Int64
    ) {
        for now in stride(from: start, to: end, by: Int(length)) {
            shedder.begin(now)
            for _ in 0..<reads where shedder.admit(1, now: { now }) != nil {
                shedder.areOver(1, .answered)
            }
            shedder.end(now + length)
        }
    }

    /// The shedder at 400 ms, after rounds that were all long and in which nothing came.
    private var late: LoadShedder {
        var shedder = LoadShedder(roundMax: roundMax)
        run(&shedder, length: 20, from: 0, to: 400)
        return shedder
    }

    /// How many of a thousand reads are let in that come together at the beginning of a round.
    private func admit(_ shedder: inout LoadShedder, at now: Int64) -> Int {
        shedder.begin(now)
        return (0..<1_000).count { _ in shedder.admit(1, now: { now }) != nil }
    }

    @Test func aCrowdIsLetInWhole() {
        var shedder = LoadShedder(roundMax: roundMax)
        run(&shedder, length: 60, from: 0, to: 120)
        #expect(admit(&shedder, at: 120) == 1_000)
    }

    @Test func oneShortRoundEndsTheSuspicion() {
        var shedder = LoadShedder(roundMax: roundMax)
        for start in stride(from: Int64(0), to: 1_000, by: 110) {
            run(&shedder, length: 100, from: start, to: start + 100)
            run(&shedder, length: 10, from: start + 100, to: start + 110)
        }
        #expect(admit(&shedder, at: 1_100) == 1_000)
    }

    /// If reads take 20 ms to be stored, a thousand a second are answered only if as many are under way as come in 50 ms.
    @Test func onASlowDiskAsManyAreUnderWayAsAreStoredMeanwhile() {
        var shedder = LoadShedder(roundMax: roundMax)
        run(&shedder, length: 20, reads: 400, from: 0, to: 1_000)
        shedder.begin(1_000, storing: 20)
        let admitted = (0..<2_000).count { _ in shedder.admit(1, now: { 1_000 }) != nil }
        #expect(admitted == 1_000)
    }

    @Test func whereRoundsStayLongOnlySoManyAreLetInAsAreAnsweredInTime() {
        var shedder = LoadShedder(roundMax: roundMax)
        // Twenty a millisecond: 150 within three quarters of ten milliseconds.
        run(&shedder, length: 20, reads: 400, from: 0, to: 1_000)
        #expect(admit(&shedder, at: 1_000) == 150)
        #expect(shedder.underWay == 150)
    }

    @Test func aFewAreLetInHoweverSlowTheDisk() {
        var shedder = LoadShedder(roundMax: roundMax)
        run(&shedder, length: 100, reads: 1, from: 0, to: 1_000)
        #expect(admit(&shedder, at: 1_000) == LoadShedder.readsMin)
    }

    @Test func nothingIsLetInLateInALongRound() {
        var shedder = late
        shedder.begin(400)
        #expect(admit(&shedder, 1, at: 405) == 1)
        #expect(admit(&shedder, 1, at: 406) == nil)
    }

    private func admit(_ shedder: inout LoadShedder, _ reads: Int, at now: Int64) -> Int? {
        shedder.admit(reads) { now }
    }

    @Test func aBodyOfManyReadsTakesAnEighthOfThePlacesUntilItIsHere() {
        var shedder = late
        shedder.begin(400)
        for _ in 0..<8 { #expect(admit(&shedder, 10_000, at: 400) == LoadShedder.readsMin / 8) }
        #expect(admit(&shedder, 1, at: 400) == nil)
    }

    /// Clients that promise bodies and send none must not keep the others out.
    @Test func refusalsEndWhereNothingIsAnswered() {
        var shedder = late
        var refused: [Int64] = []
        for now in stride(from: Int64(400), to: 3_000, by: 10) {
            shedder.begin(now)
            if admit(&shedder, 10_000, at: now) == nil { refused.append(now) }
            shedder.end(now + 1)
        }
        #expect(refused.first == 480)
        #expect(refused.last == 1_390)
    }

    @Test func theRecordersRefusalsBindAsWell() {
        var shedder = LoadShedder(roundMax: roundMax)
        run(&shedder, length: 1, from: 0, to: 100)
        #expect(admit(&shedder, 1, at: 100) == 1)
        shedder.areOver(1, .refused)
        #expect(admit(&shedder, at: 101) == LoadShedder.readsMin)
    }

    /// How many of a thousand large bodies are let in that begin together.
    private func letLargeIn(_ shedder: inout LoadShedder, at now: Int64) -> Int {
        shedder.begin(now)
        return (0..<1_000).count { _ in shedder.admit(1, isLarge: true, now: { now }) != nil }
    }

    @Test func aBodyThatWaitsTooLongForItsTurnBindsLargeOnes() {
        var shedder = LoadShedder(roundMax: roundMax)
        run(&shedder, length: 1, reads: 1, from: 0, to: 100)
        shedder.bodyIsLate(100)
        #expect(shedder.isBound(101))
        #expect(letLargeIn(&shedder, at: 101) == LoadShedder.readsMin)
        // Small ones wait for no turn.
        #expect(admit(&shedder, at: 101) == 1_000)
    }

    @Test func aSecondWithoutARefusedLargeBodyEndsThatBound() {
        var shedder = LoadShedder(roundMax: roundMax)
        run(&shedder, length: 1, reads: 1, from: 0, to: 100)
        shedder.bodyIsLate(100)
        #expect(shedder.isBound(1_099))
        #expect(!shedder.isBound(1_100))
        #expect(letLargeIn(&shedder, at: 1_100) == 1_000)
    }

    /// A fleet on slow lines is answered, although its reads do not count while they come.
    @Test func answersToUncountedReadsSayThatTheLoadIsReal() {
        var shedder = late
        for now in stride(from: Int64(400), to: 3_000, by: 10) {
            shedder.begin(now)
            shedder.areAnswered(1)
            _ = admit(&shedder, 10_000, at: now)
            shedder.end(now + 1)
        }
        #expect(admit(&shedder, 10_000, at: 3_000) == nil)
    }

    /// Clients that promise bodies and send none make others wait, but must not keep them out.
    @Test func aLateBodyBindsNobodyWhereNothingIsAnswered() {
        var shedder = LoadShedder(roundMax: roundMax)
        run(&shedder, length: 1, reads: 1, from: 0, to: 100)
        run(&shedder, length: 1, from: 100, to: 100 + LoadShedder.stillness)
        shedder.bodyIsLate(100 + LoadShedder.stillness)
        #expect(letLargeIn(&shedder, at: 101 + LoadShedder.stillness) == 1_000)
    }

    @Test func aSecondWithoutARefusalEndsIt() {
        var shedder = late
        shedder.begin(1_250)
        #expect(admit(&shedder, 1, at: 1_250) == 1)
        shedder.areOver(1, .answered)
        #expect(admit(&shedder, at: 1_300) == LoadShedder.readsMin)
        shedder.areOver(LoadShedder.readsMin, .answered)
        // The last refusal was at 1,300.
        #expect(admit(&shedder, at: 2_299) == LoadShedder.readsMin)
        shedder.areOver(LoadShedder.readsMin, .answered)
        #expect(admit(&shedder, at: 3_299) == 1_000)
    }
}
