internal import Core

/// Decides which refused attempts become entries of the audit: the first one of a client with a code at once,
/// repetitions together with their count, at most one entry per interval.
///
/// Clients beyond a limit share one entry, so that a thousand attempts a second, from one address or from a thousand,
/// are a few entries a minute.
struct RefusedAttempts {
    /// An attempt, without anything that its client could have chosen freely but its address.
    struct Attempt: Hashable {
        let principal: String
        let name: String
        let role: String?
        let address: String
        let code: String
        /// The route's pattern, or the kind of socket.
        let place: String
    }

    private struct Entry {
        var writtenAt: Int64
        var waiting = 0
    }

    private let interval: Int64
    private let kindsMax: Int
    private var entries: [Attempt: Entry] = [:]
    /// Those beyond the limit, and the addresses among them as far as they are counted.
    private var shared = Entry(writtenAt: .min / 2)
    private var sharedAddresses: Set<String> = []

    /// Addresses of the shared entry that are told apart.
    private static let addressesMax = 1_000

    init(limits: Limits) {
        interval = Int64(limits.refusalLineSeconds) * 1_000
        kindsMax = limits.refusedAttemptKindsMax
    }

    /// Whether nothing waits and nothing is tracked.
    var isEmpty: Bool { entries.isEmpty && shared.waiting == 0 }

    /// Counts equal attempts; returns the entry that is due.
    ///
    /// `now` is in monotonic milliseconds.
    mutating func add(_ attempt: Attempt, count: Int, now: Int64) -> AuditEvent? {
        if entries[attempt] != nil {
            entries[attempt]?.waiting += count
            return nil
        }
        guard entries.count < kindsMax else {
            shared.waiting += count
            if sharedAddresses.count < Self.addressesMax { sharedAddresses.insert(attempt.address) }
            return nil
        }
        entries[attempt] = Entry(writtenAt: now)
        return Self.event(attempt, count)
    }

    /// The entries that are due; clients without attempts since their last entry are dropped.
    mutating func takeDue(now: Int64) -> [AuditEvent] {
        var due: [AuditEvent] = []
        for (attempt, entry) in entries where now - entry.writtenAt >= interval {
            if entry.waiting > 0 {
                due.append(Self.event(attempt, entry.waiting))
                entries[attempt] = Entry(writtenAt: now)
            } else {
                entries[attempt] = nil
            }
        }
        if now - shared.writtenAt >= interval, let event = takeShared(now: now) {
            due.append(event)
        }
        return due
    }

    /// All that wait, and drops everything: the service stops.
    mutating func takeAll(now: Int64) -> [AuditEvent] {
        var waiting = entries.filter { $0.value.waiting > 0 }
            .map { Self.event($0.key, $0.value.waiting) }
        entries = [:]
        if let event = takeShared(now: now) { waiting.append(event) }
        return waiting
    }

    private mutating func takeShared(now: Int64) -> AuditEvent? {
        guard shared.waiting > 0 else { return nil }
        defer {
            shared = Entry(writtenAt: now)
            sharedAddresses = []
        }
        let isMore = sharedAddresses.count == Self.addressesMax
        return AuditEvent(
            Actor(id: "others", name: "others", address: nil),
            "request.refuse",
            detail: "from \(sharedAddresses.count)\(isMore ? " or more" : "") addresses",
            outcome: .refused,
            code: "many",
            count: shared.waiting
        )
    }

    private static func event(_ attempt: Attempt, _ count: Int) -> AuditEvent {
        let isSignIn = attempt.place == "/api/session"
        return AuditEvent(
            Actor(
                id: attempt.principal,
                name: attempt.name,
                address: attempt.address,
                role: attempt.role
            ),
            isSignIn ? "session.begin" : "request.refuse",
            subject: isSignIn ? nil : attempt.place,
            outcome: .refused,
            code: attempt.code,
            count: count
        )
    }
}

extension Refusal {
    /// Whether the client was refused for who it is or how often it tries, and not for what it sent.
    var isOfClient: Bool { [401, 403, 429].contains(status) }

    /// The attempt that it refused, of a principal if one is known.
    func attempt(by principal: Principal?, from client: ClientAddress, at place: String)
        -> RefusedAttempts.Attempt
    {
        let known = actor ?? principal?.actor(address: nil)
        return RefusedAttempts.Attempt(
            principal: known?.id ?? "stranger",
            name: known?.name ?? "not signed in",
            role: known?.role,
            address: client.logged,
            code: code,
            place: place
        )
    }
}
