/// Bounds the queueing delay: distinguishes a burst from overload by how long the oldest work has waited whenever the
/// writer takes some (as CoDel does for packets, RFC 8289 §3).
///
/// A burst is admitted: it does no harm if a thousand cameras that send at once wait 50 ms. But a queue that stays
/// long only adds delay: the same reads are stored per second, each later. Then only as many reads may wait as are
/// stored within the target, and the others are refused at once.
/// The target is the setting's, or twice the least time of a batch if the disk is slower than that (``ServiceFloor``).
struct QueueDelayController {
    /// Reads that may wait in any case: as many as one commit takes at full load.
    ///
    /// If a commit takes long (a slow disk), smaller batches would make it worse.
    static let readsMin = 128

    private let waitMax: Int64
    /// When the oldest waiting work arrived.
    private var oldest: Int64 = 0
    private var delay = DelayController(interval: 250)
    /// Stored reads per millisecond.
    private var rate = ServiceRate()
    private var floor = ServiceFloor()
    private var lastTaken: (reads: Int, at: Int64)?

    /// `waitMax` is in milliseconds.
    init(waitMax: Int64) {
        self.waitMax = waitMax
    }

    /// The queue is no longer empty.
    mutating func begins(_ now: Int64) { oldest = now }

    /// The least milliseconds that a batch takes.
    var batchMilliseconds: Int64 { floor.milliseconds }

    private var target: Int64 { max(waitMax, 2 * floor.milliseconds) }

    /// The writer waits for work: the last batch no longer indicates its pace.
    mutating func isIdle(_ now: Int64) {
        measureBatch(now)
        lastTaken = nil
        delay.isBelowTarget()
    }

    /// The writer takes reads; the first remaining one arrived at `next`.
    mutating func taken(_ reads: Int, next: Int64?, now: Int64) {
        if let lastTaken {
            rate.add(lastTaken.reads, milliseconds: max(1, now - lastTaken.at))
        }
        measureBatch(now)
        lastTaken = (reads, now)
        if now - oldest > target {
            delay.isAboveTarget(since: now, now: now)
        } else {
            delay.isBelowTarget()
        }
        if let next { oldest = next }
    }

    /// Only batches with reads: a change that writes nothing needs no disk.
    private mutating func measureBatch(_ now: Int64) {
        guard let lastTaken, lastTaken.reads > 0 else { return }
        floor.add(now - lastTaken.at, now: now, isBound: delay.isBound(now))
    }

    /// Whether a read must be refused that would wait behind so many others.
    mutating func refuses(behind reads: Int, now clock: () -> Int64) -> Bool {
        guard delay.mayBeBound, reads >= readsMax else { return false }
        let now = clock()
        guard delay.isBound(now) else {
            delay.unbind()
            return false
        }
        delay.bind(now)
        return true
    }

    /// The number of reads that are stored within the target.
    private var readsMax: Int {
        let reads = (rate.perMillisecond ?? 0) * Double(target)
        return max(Self.readsMin, Int(min(reads, 1_000_000)))
    }
}
