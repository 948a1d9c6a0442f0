/// The recent rate of work in pieces per millisecond: a moving average in which each measurement weighs an eighth
/// less than the next.
public struct ServiceRate: Sendable {
    private var count = 0.0
    private var milliseconds = 0.0

    /// Nothing was measured.
    public init() {}

    /// Notes work done in a span of time.
    public mutating func add(_ count: Int, milliseconds: Int64) {
        self.count = self.count * 7 / 8 + Double(count)
        self.milliseconds = self.milliseconds * 7 / 8 + Double(milliseconds)
    }

    /// Pieces per millisecond; nil before the first measurement.
    public var perMillisecond: Double? { milliseconds > 0 ? count / milliseconds : nil }
}
