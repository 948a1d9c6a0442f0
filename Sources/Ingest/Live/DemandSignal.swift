internal import Synchronization

/// Wakes one follower when the event log grows, but only while it has subscribers.
///
/// Without demand no thread is woken for a commit, so that a busy server that nobody watches pays nothing. A follower
/// that gets subscribers calls ``setActive(_:)`` before it looks where the log ends: what is appended in between then
/// wakes it.
final class DemandSignal: Sendable {
    /// One element for all events that were appended since the last one.
    let wakeups: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let hasDemand = Atomic<Bool>(false)

    /// A signal without demand.
    init(of log: any EventLog) {
        (wakeups, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        log.onAppend { [self] _ in
            if hasDemand.load(ordering: .sequentiallyConsistent) { wake() }
        }
    }

    /// Says whether there are subscribers.
    func setActive(_ isActive: Bool) {
        hasDemand.store(isActive, ordering: .sequentiallyConsistent)
    }

    /// Makes the follower look, whether the log has grown or not.
    func wake() { signal.yield() }
}
