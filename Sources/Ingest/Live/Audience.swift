internal import Synchronization

/// News of the log's growth for one follower, while somebody listens to him.
///
/// Without an audience no thread is woken for a commit: a busy server that nobody watches pays nothing. Whoever
/// gets an audience says so before he looks where the log ends; what is announced in between is then told.
final class Audience: Sendable {
    /// An element for news that came since the last one.
    let news: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let isThere = Atomic<Bool>(false)

    /// Nobody, at first.
    init(of log: any EventLog) {
        (news, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        log.onGrowth { [self] _ in
            if isThere.load(ordering: .sequentiallyConsistent) { wake() }
        }
    }

    /// Says whether somebody listens.
    func isNow(there: Bool) { isThere.store(there, ordering: .sequentiallyConsistent) }

    /// Makes the follower look, whether there is news or not.
    func wake() { signal.yield() }
}
