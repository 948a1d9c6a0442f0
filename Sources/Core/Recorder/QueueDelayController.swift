/// Tells a moment's crowd from more work than can be done, by how long the oldest work has waited whenever
/// the writer takes some (as CoDel does for packets, RFC 8289 §3).
///
/// A crowd is let in whole: nobody minds if a thousand cameras that speak at once wait 50 ms. But where
/// the queue stays long, its length is only delay: the same reads are stored in a second, each later. Then
/// only as many may wait as are stored within the bound, and the others are told so at once.
struct QueueDelayController {
    /// Reads that may wait in any case: as many as one commit takes at full load.
    ///
    /// Where a commit takes long (a slow disk), smaller batches would make it worse.
    static let readsMin = 128
    /// Milliseconds for which the queue must have been too long before anything is refused.
    static let interval: Int64 = 250
    /// Milliseconds without a refusal after which nothing is refused any more.
    static let memory: Int64 = 1_000

    private let waitMax: Int64
    /// When the oldest work that waits came.
    private var oldest: Int64 = 0
    /// Since when the writer has found work that had waited for too long.
    private var longSince: Int64?
    /// Until when the bound holds.
    private var boundUntil = Int64.min
    /// Reads that were stored of late, and the milliseconds that took.
    private var pace = (reads: 0.0, milliseconds: 0.0)
    private var lastTaken: (reads: Int, at: Int64)?

    /// `waitMax` is in milliseconds.
    init(waitMax: Int64) {
        self.waitMax = waitMax
    }

    /// The queue is no longer empty.
    mutating func begins(_ now: Int64) { oldest = now }

    /// The writer waits for work: what it took last says nothing more of its pace.
    mutating func isIdle() {
        measure(until: nil)
        longSince = nil
    }

    /// The writer takes reads; the first that stays came at `next`.
    mutating func taken(_ reads: Int, next: Int64?, now: Int64) {
        measure(until: now)
        lastTaken = (reads, now)
        if now - oldest <= waitMax {
            longSince = nil
        } else {
            let since = longSince ?? now
            longSince = since
            if now - since >= Self.interval { boundUntil = now + Self.memory }
        }
        if let next { oldest = next }
    }

    /// Whether a read must be refused that would wait behind so many others.
    mutating func refuses(behind reads: Int, now clock: () -> Int64) -> Bool {
        guard boundUntil != .min, reads >= readsMax else { return false }
        let now = clock()
        guard now < boundUntil else {
            boundUntil = .min
            return false
        }
        boundUntil = now + Self.memory
        return true
    }

    /// Reads that are stored within the bound.
    private var readsMax: Int {
        guard pace.milliseconds > 0 else { return Self.readsMin }
        let reads = pace.reads / pace.milliseconds * Double(waitMax)
        return max(Self.readsMin, Int(min(reads, 1_000_000)))
    }

    private mutating func measure(until now: Int64?) {
        if let lastTaken, let now {
            pace.reads = pace.reads * 7 / 8 + Double(lastTaken.reads)
            pace.milliseconds = pace.milliseconds * 7 / 8 + Double(max(1, now - lastTaken.at))
        }
        lastTaken = nil
    }
}
