/// How long to wait before the server is tried again: half a second, doubled each time, at most half a
/// minute; a fifth more or less, so that a fleet does not come back as one.
struct Backoff {
    private static let firstSeconds = 0.5
    private static let longestSeconds = 30.0

    private var seconds = Backoff.firstSeconds

    /// Something worked: the next wait is short again.
    mutating func reset() { seconds = Backoff.firstSeconds }

    /// The next wait, at least what the server asked for.
    mutating func next(atLeast asked: Int?) -> Duration {
        defer { seconds = min(Backoff.longestSeconds, seconds * 2) }
        return .seconds(max(seconds * .random(in: 0.8...1.2), Double(min(asked ?? 0, 3_600))))
    }
}
