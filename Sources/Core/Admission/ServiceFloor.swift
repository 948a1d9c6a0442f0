/// The least time that a batch takes of late, in milliseconds: what a commit or a sync costs however little is in it.
///
/// On a slow disk this alone is longer than the target of the queueing delay. Who then admits only as much as is done
/// within the target makes batches smaller, and everything slower.
public struct ServiceFloor: Sendable {
    /// Milliseconds after which what was measured before is no longer remembered, at most twice that.
    static let window: Int64 = 30_000

    private var current: Int64?
    private var previous: Int64?
    private var windowBegan: Int64?

    /// Nothing was measured.
    public init() {}

    /// A batch took `milliseconds`.
    ///
    /// `isBound` while less is admitted than comes: batches are all large then, and say nothing of the least time, so
    /// that what is known is kept. Else each window's least time would be longer than the one before, and the queue with it.
    public mutating func add(_ milliseconds: Int64, now: Int64, isBound: Bool) {
        let began = windowBegan ?? now
        windowBegan = began
        if !isBound, now - began >= Self.window {
            (previous, current, windowBegan) = (current, nil, now)
        }
        current = min(current ?? milliseconds, milliseconds)
    }

    /// The least time; 0 before the first measurement.
    public var milliseconds: Int64 {
        guard let current else { return previous ?? 0 }
        return min(current, previous ?? current)
    }
}
