/// How many attempts are admitted without a delay, and how the delays grow.
struct GuessAllowance: Sendable {
    /// Attempts without a delay.
    let free: Int
    /// Seconds before the next attempt after the last free one; doubled by each further attempt.
    let delaySeconds: Int64
    /// The longest delay in seconds.
    let delaySecondsMax: Int64
    /// Seconds after which one attempt is forgotten.
    let forgetSeconds: Int64

    /// Per name, from all places that are not usual ones: at most about a hundred guesses a day.
    static let ofName = GuessAllowance(
        free: 5,
        delaySeconds: 2,
        delaySecondsMax: 900,
        forgetSeconds: 3_600
    )
    /// Per address: an office behind one address has many people, who all mistype.
    static let ofAddress = GuessAllowance(
        free: 20,
        delaySeconds: 2,
        delaySecondsMax: 900,
        forgetSeconds: 3_600
    )
    /// Per address during a flood: a client that has not failed goes first, and a thousand that have failed take less
    /// than a third of what is admitted.
    static let ofAddressIfScarce = GuessAllowance(
        free: 1,
        delaySeconds: 600,
        delaySecondsMax: 3_600,
        forgetSeconds: 3_600
    )
    /// Per person at a usual place: a colleague at the same address may guess there, once a minute.
    static let ofUsualPlace = GuessAllowance(
        free: 10,
        delaySeconds: 2,
        delaySecondsMax: 60,
        forgetSeconds: 600
    )
}

/// The attempts of a name, an address or a person at a usual place, of which old ones are forgotten.
struct GuessCount: Sendable {
    private static let max: Int64 = 1_000

    private var attempts: Int64 = 0
    private var last = Timestamp(milliseconds: 0)

    /// Milliseconds until the next attempt may be admitted; 0 if it may be now.
    mutating func wait(_ allowance: GuessAllowance, now: Timestamp) -> Int64 {
        forget(allowance, now: now)
        let excess = attempts - Int64(allowance.free)
        guard excess >= 0 else { return 0 }
        let doublings = min(excess, 30)
        let seconds = min(allowance.delaySeconds << doublings, allowance.delaySecondsMax)
        return Swift.max(0, last.milliseconds + seconds * 1_000 - now.milliseconds)
    }

    /// Counts an attempt.
    mutating func charge(_ allowance: GuessAllowance, now: Timestamp) {
        forget(allowance, now: now)
        attempts = min(attempts + 1, Self.max)
        last = now
    }

    /// Lets the delay begin now.
    mutating func postpone(now: Timestamp) {
        if attempts > 0 { last = now }
    }

    /// Takes one attempt back.
    mutating func refund() {
        attempts = Swift.max(0, attempts - 1)
    }

    private mutating func forget(_ allowance: GuessAllowance, now: Timestamp) {
        // The clock was set back: the wait is still no longer than the delay.
        if last > now { last = now }
        let steps = (now.milliseconds - last.milliseconds) / (allowance.forgetSeconds * 1_000)
        guard steps > 0 else { return }
        attempts = Swift.max(0, attempts - steps)
        last = Timestamp(
            milliseconds: last.milliseconds + steps * allowance.forgetSeconds * 1_000
        )
    }
}

/// The attempts from unusual places that are admitted together: one a second and twenty in reserve, of which eight are
/// under way at once.
///
/// A digest takes a fifth of a second of a processor, so a flood takes a fifth of one. Where it takes longer, because the
/// machine is slow or busy, the second bound leaves most of ``PasswordHasher``'s queue to usual places.
struct StrangersBudget: Sendable {
    private static let millisecondsPerAttempt: Int64 = 1_000
    private static let attemptsMax: Int64 = 20

    /// Milliseconds that were not used; each attempt takes ``millisecondsPerAttempt``.
    private var saved = millisecondsPerAttempt * attemptsMax
    private var last = Timestamp(milliseconds: 0)
    /// When the attempts that are under way were admitted; one that is never reported is over after a minute.
    private var underWay: [Timestamp] = []

    private static let underWayMax = 8
    private static let underWaySeconds = 60

    /// Whether more than half of the budget is used.
    mutating func isScarce(now: Timestamp) -> Bool {
        save(until: now)
        return saved < Self.millisecondsPerAttempt * Self.attemptsMax / 2
    }

    /// Milliseconds until an attempt may be admitted; 0 if it may be now.
    mutating func wait(now: Timestamp) -> Int64 {
        save(until: now)
        underWay.removeAll { $0 > now || $0.adding(seconds: Self.underWaySeconds) <= now }
        guard underWay.count < Self.underWayMax else { return Self.millisecondsPerAttempt }
        return max(0, Self.millisecondsPerAttempt - saved)
    }

    /// Admits an attempt.
    mutating func take(now: Timestamp) {
        saved -= Self.millisecondsPerAttempt
        underWay.append(now)
    }

    /// An attempt is over.
    mutating func end() {
        if !underWay.isEmpty { underWay.removeFirst() }
    }

    mutating func giveBack() { add(Self.millisecondsPerAttempt) }

    private mutating func save(until now: Timestamp) {
        add(max(0, now.milliseconds - last.milliseconds))
        last = now
    }

    private mutating func add(_ milliseconds: Int64) {
        let most = Self.millisecondsPerAttempt * Self.attemptsMax
        saved = min(saved + min(milliseconds, most), most)
    }
}
