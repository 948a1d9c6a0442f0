import Logging
import Synchronization

/// The state of the retention clock.
final class RetentionGuard: Sendable {
    fileprivate let clock = Mutex<RetentionClock?>(nil)
    private let start = ContinuousClock.now

    /// Seconds since the start, from the monotonic clock.
    fileprivate var uptime: Int { Int((ContinuousClock.now - start).components.seconds) }
}

extension Recorder {
    /// At the start, before anything is written, loads the retention clock.
    func beginRetention(_ writer: StoreWriter) throws {
        let uptime = retention.uptime
        let kept = try writer.retentionClock()
        let clock =
            try kept.flatMap { RetentionClock(text: $0, uptime: uptime) }
            ?? RetentionClock(trusted: writer.newestTime() ?? writer.now, uptime: uptime)
        retention.clock.withLock { $0 = clock }
        lookAtClock(isStart: true)
    }

    /// Seconds for which retention is still suspended after the clock jumped; nil if it has not.
    public var retentionHold: Int? { retention.clock.withLock { $0?.hold?.secondsLeft } }

    /// Checks whether the clock has jumped ahead, and logs it once.
    func lookAtClock(isStart: Bool = false) {
        let (now, uptime) = (clock(), retention.uptime)
        let (before, after) = retention.clock.withLock { clock in
            let before = clock?.hold
            clock?.look(at: now, uptime: uptime)
            return (before, clock?.hold)
        }
        if let after, before == nil || isStart {
            logger.warning(
                "the clock is more than a day ahead of the newest record; retention is suspended for some hours",
                metadata: ["hours": "\(after.secondsLeft / 3_600)"]
            )
        }
        if before != nil, after == nil {
            logger.notice("the clock is trusted again; retention resumes")
        }
    }

    /// Stores the retention clock for the next start.
    func noteClock() async throws(Refusal) {
        guard let text = retention.clock.withLock({ $0?.text }) else { return }
        try await change { try $0.setRetentionClock(text) }
    }
}
