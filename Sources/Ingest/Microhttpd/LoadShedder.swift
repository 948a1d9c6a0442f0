internal import Core

/// Load shedding of a listener's thread, by the length of its rounds (``DelayController``).
///
/// In one round everything is read, parsed and answered that waits at any connection (of large bodies those whose
/// turn it is, ``UploadScheduler``), so a round is what each read waits for, twice. While rounds stay long, or the
/// recorder refuses, reads are admitted during the first half of a long round only, and only as many as are answered
/// within the target. The others are refused by their heads, before anything of them is kept or parsed; else all of them
/// are answered late. If large bodies wait too long for their turn, the same holds for those with large bodies.
struct LoadShedder {
    /// Milliseconds for which rounds must be long before anything is refused.
    static let interval: Int64 = 150
    /// Reads that may be on their way in any case.
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
    /// The least milliseconds that an admitted read takes to be stored.
    private var storing: Int64 = 0
    private var delay = DelayController(interval: Self.interval)
    /// The same for reads with large bodies only: bound by those that wait too long for their turn.
    private var largeDelay = DelayController(interval: Self.interval)
    /// Admitted reads without an answer.
    private(set) var underWay = 0
    /// Answers per millisecond.
    private var rate = ServiceRate()
    /// Answers a millisecond at the best of the last seconds: what was refused lowers the rate, which must
    /// not lower what is admitted.
    private var best = 0.0
    private var answers = 0
    private var lastAnswer = Int64.min / 2
    private var windowBegan: Int64 = 0

    /// Whether some reads may be refused.
    func isBound(_ now: Int64) -> Bool { delay.isBound(now) || largeDelay.isBound(now) }

    /// A round is long from `roundMax` milliseconds on.
    init(roundMax: Int64) {
        self.roundMax = roundMax
    }

    /// Begins a round, while reads take at least `storing` milliseconds to be stored.
    mutating func begin(_ now: Int64, storing: Int64 = 0) {
        begun = now
        self.storing = storing
        if windowBegan == 0 { windowBegan = now }
    }

    /// Ends a round.
    mutating func end(_ now: Int64) {
        measure(now)
        if now - begun > roundMax {
            delay.isAboveTarget(since: begun, now: now)
        } else {
            delay.isBelowTarget()
        }
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
        // The round's beginning says most of the time that nothing is bound, without a look at the clock.
        if isLarge ? isBound(begun) : delay.isBound(begun) {
            let now = clock()
            let isBound = isLarge ? isBound(now) : delay.isBound(now)
            if isBound, now - begun > roundMax / 2 || underWay + counted > readsMax {
                if now - lastAnswer < Self.stillness {
                    if delay.isBound(now) { delay.bind(now) } else { largeDelay.bind(now) }
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
            delay.bind(begun)
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
        if now - lastAnswer < Self.stillness { largeDelay.bind(now) }
    }

    /// Reads that are answered within three quarters of the target: the rest is what they wait for being read.
    ///
    /// On a slow disk within two and a half batches: a read waits for the one that is being stored, then for its own; the
    /// rest lets the rate grow again after a bad moment.
    private var readsMax: Int {
        max(Self.readsMin, Int(best * max(Double(roundMax) * 3 / 4, 2.5 * Double(storing))))
    }

    private mutating func measure(_ now: Int64) {
        let passed = now - windowBegan
        guard passed >= Self.window else { return }
        rate.add(answers, milliseconds: passed)
        best = max(best * 0.995, rate.perMillisecond ?? 0)
        answers = 0
        windowBegan = now
    }
}
