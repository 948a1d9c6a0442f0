/// Distinguishes a burst from overload by queueing delay, like CoDel for packets (RFC 8289 §3).
///
/// A burst is accepted whole: a thousand cameras that send at once wait 50 ms. If the delay stays above its target
/// for an ``interval``, the queue only adds delay: the same work is done, but later. Then a bound holds until it has
/// not been renewed for ``hold``.
///
/// Its owner defines what is measured and what the bound means: the recorder's queue, a listener's rounds, the turns
/// of large bodies (docs/ADMISSION.md). All times are in milliseconds of any one clock.
public struct DelayController: Sendable {
    /// For how long the delay must have been above its target before the bound holds.
    public let interval: Int64
    /// For how long the bound holds after it was last renewed.
    public let hold: Int64
    /// When the delay first exceeded its target without falling below it since.
    private var aboveSince: Int64?
    private var boundUntil = Int64.min

    /// Nothing was measured, and nothing is bound.
    public init(interval: Int64, hold: Int64 = 1_000) {
        self.interval = interval
        self.hold = hold
    }

    /// Whether the bound may hold; spares reading the clock if not.
    public var mayBeBound: Bool { boundUntil != .min }

    /// Whether the bound holds.
    public func isBound(_ now: Int64) -> Bool { now < boundUntil }

    /// Notes a delay within its target, or no delay: the next excess is the first one again.
    ///
    /// A bound that holds continues.
    public mutating func isBelowTarget() { aboveSince = nil }

    /// Notes a delay above its target, since `start` if this is its first excess.
    public mutating func isAboveTarget(since start: Int64, now: Int64) {
        let since = aboveSince ?? start
        aboveSince = since
        if now - since >= interval { bind(now) }
    }

    /// Notes a refusal by the bound, or another sign of overload: the bound holds from now on.
    public mutating func bind(_ now: Int64) { boundUntil = now + hold }

    /// Ends the bound.
    public mutating func unbind() { boundUntil = .min }
}
