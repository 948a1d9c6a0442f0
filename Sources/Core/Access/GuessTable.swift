/// Counters by digest, in a table of fixed size: memory is the same however many clients come.
///
/// Each digest has two rows, one in each half, and the shorter wait counts (a count-min sketch): only a digest of which
/// both rows are shared waits for others.
struct GuessTable: Sendable {
    private var rows: [GuessCount]

    /// A table of `count` rows, an even number.
    init(count: Int) {
        rows = Array(repeating: GuessCount(), count: count)
    }

    private func indexes(of digest: UInt64) -> (Int, Int) {
        let half = UInt64(rows.count / 2)
        return (Int((digest & 0xFFFF_FFFF) % half), Int(half + (digest >> 32) % half))
    }

    /// Milliseconds until the next attempt may be admitted; 0 if it may be now.
    mutating func wait(_ digest: UInt64, _ allowance: GuessAllowance, now: Timestamp) -> Int64 {
        let (one, other) = indexes(of: digest)
        return min(rows[one].wait(allowance, now: now), rows[other].wait(allowance, now: now))
    }

    /// Applies a change to both rows.
    mutating func change(_ digest: UInt64, _ body: (inout GuessCount) -> Void) {
        let (one, other) = indexes(of: digest)
        body(&rows[one])
        body(&rows[other])
    }
}
