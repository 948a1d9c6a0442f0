/// Detects whether a listener's thread is overloaded, and decides which reads it refuses.
///
/// One round reads, parses and answers everything that waits at any connection (of large bodies those that are
/// admitted, ``UploadScheduler``), so each read waits for about two rounds. A burst is admitted. But while rounds
/// stay long, or the recorder refuses, reads are admitted only during the first half of a long round, and only as
/// many as are answered within a moment. The others are refused by their heads, before they are read or parsed;
/// otherwise all are answered late. While large bodies wait too long for admission, the same holds for reads with
/// large bodies.
struct LoadShedder {
    /// Milliseconds for which rounds must be long before anything is refused.
    static let interval: Int64 = 150
    /// Milliseconds without a refusal after which the bound is lifted.
    static let memory: Int64 = 1_000
    /// Reads that may be in flight in any case.
    ///
    /// If a commit takes long (a slow disk), smaller batches would make it worse. With 64, p99 of pictures under
    /// overload was twice that at full load; with 48 it is 1.4 times that.
    static let readsMin = 48
    /// Milliseconds without an answer after which a refusal does not indicate load.
    static let stillness: Int64 = 250
    /// The interval in milliseconds over which the rate of answers is measured.
    private static let window: Int64 = 16

    private let roundMax: Int64
    private var begun: Int64 = 0
    private var longSince: Int64?
    private var boundUntil = Int64.min
    /// The same for reads with large bodies only.
    private var largeBoundUntil = Int64.min
    /// Admitted reads that are not answered.
    private(set) var underWay = 0
    /// Recent answers, and the milliseconds that they took.
    private var recent = (answers: 0.0, milliseconds: 0.0)
    /// The best rate of the last seconds, in answers per millisecond: refusals lower the rate, which must not lower
    /// the number of admitted reads.
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

    /// Begins a round.
    mutating func begin(_ now: Int64) {
        begun = now
        if windowBegan == 0 { windowBegan = now }
    }

    /// Ends a round.
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

    /// Admits a body of up to `reads` reads, and returns the number to count for it; nil if it is refused.
    ///
    /// `isLarge` is a body that may have to wait for admission.
    ///
    /// A refusal prolongs the bound only while reads are answered: otherwise those in flight do not arrive (a client
    /// announces a body and sends nothing), and the others must not wait for them.
    mutating func admit(_ reads: Int, isLarge: Bool = false, now clock: () -> Int64) -> Int? {
        // Until a body has arrived, it counts as a few at most.
        let counted = min(reads, readsMax / 8)
        let until = isLarge ? max(boundUntil, largeBoundUntil) : boundUntil
        // The start of the round usually shows that nothing is bound, without reading the clock.
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

    /// The outcome of admitted reads.
    enum Outcome {
        case answered
        /// The recorder's queue was full.
        case refused
        /// Their client is gone, or sends them so slowly that others must not wait for them.
        case gone
    }

    /// Admitted reads are no longer in flight.
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

    /// Reads that were no longer counted, because they came so slowly, are answered after all.
    mutating func areAnswered(_ reads: Int) {
        lastAnswer = begun
        answers += reads
    }

    /// A body waited too long for admission: from now on no more are admitted than are answered within a moment.
    ///
    /// Otherwise hundreds of them stay in flight, each advancing a little per round, and all are late: of pictures
    /// under overload half were answered after 60 ms, now after 10.
    mutating func bodyIsLate(_ now: Int64) {
        if now - lastAnswer < Self.stillness { bindLarge(now) }
    }

    private mutating func bind(_ now: Int64) { boundUntil = now + Self.memory }
    private mutating func bindLarge(_ now: Int64) { largeBoundUntil = now + Self.memory }

    /// Reads that are answered within three quarters of the bound; the rest is their wait for being read.
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
