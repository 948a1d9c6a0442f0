/// How many pieces of work are done a millisecond, of late: each measurement counts an eighth less than the next one.
public struct ServiceRate: Sendable {
    private var count = 0.0
    private var milliseconds = 0.0

    /// Nothing was measured.
    public init() {}

    /// Work was done in a span of time.
    public mutating func add(_ count: Int, milliseconds: Int64) {
        self.count = self.count * 7 / 8 + Double(count)
        self.milliseconds = self.milliseconds * 7 / 8 + Double(milliseconds)
    }

    /// Pieces a millisecond; nil before the first measurement.
    public var perMillisecond: Double? { milliseconds > 0 ? count / milliseconds : nil }
}
