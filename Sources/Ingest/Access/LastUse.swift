internal import Core
internal import Synchronization

/// When a credential was last used; shared by all snapshots and verdicts that have it.
final class LastUse: Sendable {
    private let milliseconds: Atomic<Int64>

    init(_ instant: Timestamp?) { milliseconds = Atomic(instant?.milliseconds ?? 0) }

    /// Notes a use.
    func touch(_ now: Timestamp) {
        milliseconds.store(now.milliseconds, ordering: .relaxed)
    }

    /// The last use; nil if it was never used.
    var instant: Timestamp? {
        let known = milliseconds.load(ordering: .relaxed)
        return known == 0 ? nil : Timestamp(milliseconds: known)
    }
}
