/// Decides whether retention may trust the server's clock.
///
/// A clock that jumps ahead, on a machine without an RTC battery or after a mistyped date, would make everything old
/// at once. So nothing is deleted while the time is more than a day beyond the known lower bound, until the service
/// has run with that time for another day. A machine that was off for a week deletes a day later.
struct RetentionClock: Equatable, Sendable {
    /// The lower bound of the time.
    private(set) var trusted: Timestamp
    /// The pending jump; nil while the clock is trusted.
    private(set) var hold: Hold?
    /// Seconds of the monotonic clock at the last check.
    private var uptime: Int

    /// A time that is not trusted yet.
    struct Hold: Equatable, Sendable {
        /// The clock's last time.
        var clock: Timestamp
        /// Seconds for which the service has run with it.
        var seconds: Int

        /// Seconds until it is trusted.
        var secondsLeft: Int { max(0, Limits.retentionHoldSeconds - seconds) }
    }

    /// A clock that starts from the newest time in the database.
    init(trusted: Timestamp, uptime: Int) {
        (self.trusted, self.uptime) = (trusted, uptime)
    }

    /// Checks the clocks: the time, and the machine's uptime in seconds.
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
    /// The stored form, so that a service that is started each night completes the hold.
    var text: String {
        guard let hold else { return "\(trusted.milliseconds)" }
        return "\(trusted.milliseconds) \(hold.clock.milliseconds) \(hold.seconds)"
    }

    /// Parses the stored form; nil if it is invalid.
    init?(text: String, uptime: Int) {
        let numbers = text.split(separator: " ").map { Int64($0) }
        guard let first = numbers.first, let trusted = first else { return nil }
        self.init(trusted: Timestamp(milliseconds: trusted), uptime: uptime)
        guard numbers.count == 3, let clock = numbers[1], let seconds = numbers[2] else { return }
        hold = Hold(clock: Timestamp(milliseconds: clock), seconds: Int(clamping: seconds))
    }
}
