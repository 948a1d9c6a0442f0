internal import Synchronization

/// Allows one of a kind at a time.
final class SingleFlight: Sendable {
    private let isBusy = Atomic<Bool>(false)

    /// Whether the caller may begin; then it must call ``end()``.
    func begin() -> Bool { !isBusy.exchange(true, ordering: .acquiring) }

    /// The next one may begin.
    func end() { isBusy.store(false, ordering: .releasing) }
}
