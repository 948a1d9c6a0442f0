/// Tells whether a listener's thread can keep pace with its clients, and whom it refuses where it cannot.
///
/// In one round everything is read, parsed and answered that waits at any connection (of large bodies those whose
/// turn it is, ``UploadScheduler``), so a round is what each read waits for, twice. A crowd is let in whole. But where
/// rounds stay long, or where the recorder refuses, reads are let in during the first half of a long round only,
/// and only as many as are answered within a moment. The others are refused by their heads, before anything of
/// them is kept or parsed; else all of them are answered late. Where large bodies wait too long for their turn, the
/// same holds for those with large bodies.
struct LoadShedder {
    /// Milliseconds for which rounds must have been long before anything is refused.
    static let interval: Int64 = 150
    /// Milliseconds without a refusal after which nothing is refused any more.
    static let memory: Int64 = 1_000
    /// Reads that may be on their way in any case.
    ///
    /// Where a commit takes long (a slow disk), smaller batches would make it worse. With 64, p99 of pictures
    /// under overload was twice that at full load; with 48 it is 1.4 times that.
    static let readsMin = 48
    /// Milliseconds without an answer after which a refusal says nothing of the load.
    static let stillness: Int64 = 250
    /// Milliseconds over which the rate of answers is measured at a time.
    private static let window: Int64 = 16

    private let roundMax: Int64
    private var begun: Int64 = 0
    private var longSince: Int64?
    private var boundUntil = Int64.min
    /// The same for reads with large bodies only.
    private var largeBoundUntil = Int64.min
    /// Reads that were let in and are not answered.
    private(set) var underWay = 0
    /// Answers of late, and the milliseconds that they took.
    private var recent = (answers: 0.0, milliseconds: 0.0)
    /// Answers a millisecond at the best of the last seconds: what was refused lowers the rate, which must
    /// not lower what is let in.
    private var best = 0.0
    private var answers = 0
    private var lastAnswer = Int64.min / 2
    private var windowBegan: Int64 = 0

    /// Whether some reads may be refused.
    func isBound(_ now: Int64) -> Bool { now < max(boundUntil, largeBoundUntil) }

    /// A round is long from `roundMax` milliseconds on.
    init(roundMax: Int64) {
        self.roundMax = roundMax
    }

    /// A round begins.
    mutating func begin(_ now: Int64) {
        begun = now
        if windowBegan == 0 { windowBegan = now }
    }

    /// A round is over.
    mutating func end(_ now: Int64) {
        measure(now)
        guard now - begun > roundMax else {
            longSince = nil
            return
        }
        let since = longSince ?? begun
        longSince = since
        if now - since >= Self.interval { bind(now) }
    }

    /// Lets the reads of a body in, of which there may be `reads`, and returns as how many they count; nil
    /// where they are refused.
    ///
    /// `isLarge` is a body that may have to wait for its turn.
    ///
    /// A refusal lasts on only while reads are answered: where none are, those under way do not come (a
    /// client promises a body and sends nothing), and the others must not wait for them.
    mutating func admit(_ reads: Int, isLarge: Bool = false, now clock: () -> Int64) -> Int? {
        // Until a body is here, it takes the places of a few at the most.
        let counted = min(reads, readsMax / 8)
        let until = isLarge ? max(boundUntil, largeBoundUntil) : boundUntil
        // The round's beginning says most of the time that nothing is bound, without a look at the clock.
        if begun < until {
            let now = clock()
            if now < until, now - begun > roundMax / 2 || underWay + counted > readsMax {
                if now - lastAnswer < Self.stillness {
                    if now < boundUntil { bind(now) } else { bindLarge(now) }
                }
                return nil
            }
        }
        underWay += counted
        return counted
    }

    /// What became of reads that were let in.
    enum Outcome {
        case answered
        /// The recorder had no place for them.
        case refused
        /// Their client is gone, or sends them so slowly that others must not wait for them.
        case gone
    }

    /// Reads that were let in are no longer under way.
    mutating func areOver(_ reads: Int, _ outcome: Outcome) {
        underWay -= reads
        switch outcome {
        case .answered: areAnswered(reads)
        case .refused:
            lastAnswer = begun
            bind(begun)
        case .gone: break
        }
    }

    /// Reads that no longer counted, because they came so slowly, are answered all the same.
    mutating func areAnswered(_ reads: Int) {
        lastAnswer = begun
        answers += reads
    }

    /// A body waited too long for its turn: from now on no more of them are let in than are answered within a
    /// moment.
    ///
    /// Else hundreds of them stay under way, each a piece further in a round, and all are late: of pictures
    /// under overload half were answered after 60 ms, now after 10.
    mutating func bodyIsLate(_ now: Int64) {
        if now - lastAnswer < Self.stillness { bindLarge(now) }
    }

    private mutating func bind(_ now: Int64) { boundUntil = now + Self.memory }
    private mutating func bindLarge(_ now: Int64) { largeBoundUntil = now + Self.memory }

    /// Reads that are answered within three quarters of the bound: the rest is what they wait for being read.
    private var readsMax: Int {
        max(Self.readsMin, Int(best * Double(roundMax) * 3 / 4))
    }

    private mutating func measure(_ now: Int64) {
        let passed = now - windowBegan
        guard passed >= Self.window else { return }
        recent.answers = recent.answers * 7 / 8 + Double(answers)
        recent.milliseconds = recent.milliseconds * 7 / 8 + Double(passed)
        best = max(best * 0.995, recent.answers / recent.milliseconds)
        answers = 0
        windowBegan = now
    }
}
