/// Whether the server's clock is believed when something is deleted because of its age.
///
/// A clock that jumps ahead, of a box without a battery or a mistyped date, would make everything old at once. So nothing
/// is deleted while the time is more than a day beyond what it should be, until the service has run for another day with
/// it. A box that was off for a week deletes a day later.
struct RetentionClock: Equatable, Sendable {
    /// The time as it should be at the least.
    private(set) var trusted: Timestamp
    /// What is the matter; nil while the clock is believed.
    private(set) var hold: Hold?
    /// Seconds of the monotonic clock at the last look.
    private var uptime: Int

    /// A time that is not believed yet.
    struct Hold: Equatable, Sendable {
        /// What the clock said last.
        var clock: Timestamp
        /// Seconds for which the service has run with it.
        var seconds: Int

        /// Seconds until it is believed.
        var secondsLeft: Int { max(0, Limits.retentionHoldSeconds - seconds) }
    }

    /// A clock of which nothing is known but the newest time in the database.
    init(trusted: Timestamp, uptime: Int) {
        (self.trusted, self.uptime) = (trusted, uptime)
    }

    /// Looks at the clocks: what time it is, and how many seconds the machine has run since any moment.
    mutating func look(at now: Timestamp, uptime: Int) {
        let elapsed = max(0, uptime - self.uptime)
        self.uptime = uptime
        trusted = trusted.adding(seconds: elapsed)
        guard now > trusted.adding(seconds: Limits.clockJumpSecondsMax) else {
            (trusted, hold) = (now, nil)
            return
        }
        var next = Hold(clock: now, seconds: 0)
        if let hold {
            let off = now.milliseconds - hold.clock.adding(seconds: elapsed).milliseconds
            if abs(off) <= Int64(Limits.clockJumpSecondsMax) * 1_000 {
                next.seconds = hold.seconds + elapsed
            }
        }
        hold = next
        if next.secondsLeft == 0 { (trusted, hold) = (now, nil) }
    }
}

extension RetentionClock {
    /// As it is written down, so that a service that is started each night comes to an end of it.
    var text: String {
        guard let hold else { return "\(trusted.milliseconds)" }
        return "\(trusted.milliseconds) \(hold.clock.milliseconds) \(hold.seconds)"
    }

    /// A clock from its ``text``; nil if it is something else.
    init?(text: String, uptime: Int) {
        let numbers = text.split(separator: " ").map { Int64($0) }
        guard let first = numbers.first, let trusted = first else { return nil }
        self.init(trusted: Timestamp(milliseconds: trusted), uptime: uptime)
        guard numbers.count == 3, let clock = numbers[1], let seconds = numbers[2] else { return }
        hold = Hold(clock: Timestamp(milliseconds: clock), seconds: Int(clamping: seconds))
    }
}
