/// Whether an exchange's connection is suspended, and whether the exchange is in the loop's queue of those to go on.
///
/// | state | `wake` (any thread) | `park` | `resume` | `keepParked` | `end` |
/// | --- | --- | --- | --- | --- | --- |
/// | running | woken | parked, *suspend* | – | – | over |
/// | woken | woken | running | – | – | over |
/// | parked | queued, *push* | – | running, *resume* | parked, *suspended* | over |
/// | queued | queued | – | running, *resume* | parked, *suspended* | over |
/// | over | – | – | – | – | over |
///
/// In italics what the caller must then do, or may rely on: it is told by `true`. All but `wake` are called on the listener's
/// thread. A wake before `park` is not lost, and an exchange is in the queue once at most.
enum Suspension: Sendable, CaseIterable {
    case running
    /// Woken while running: it must check again before it is suspended.
    case woken
    case parked
    /// Parked, and in the loop's queue.
    case queued
    case over

    /// Notes that there is work; true if it must be pushed to the loop's queue.
    mutating func wake() -> Bool {
        switch self {
        case .running: self = .woken
        case .parked:
            self = .queued
            return true
        case .woken, .queued, .over: break
        }
        return false
    }

    /// Notes that there is no work; true if its connection must be suspended.
    mutating func park() -> Bool {
        switch self {
        case .running:
            self = .parked
            return true
        case .woken: self = .running
        case .parked, .queued, .over: break
        }
        return false
    }

    /// Continues; true if its connection must be resumed.
    mutating func resume() -> Bool {
        guard isParked else { return false }
        self = .running
        return true
    }

    /// Removes it from the queue and keeps it suspended; false if it is not suspended.
    mutating func keepParked() -> Bool {
        guard isParked else { return false }
        self = .parked
        return true
    }

    /// Ends its request.
    mutating func end() { self = .over }

    /// Whether the connection is suspended.
    var isParked: Bool { self == .parked || self == .queued }
}
