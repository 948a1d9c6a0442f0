import Synchronization

/// Notifies followers that the event log has grown.
///
/// It carries no events: a follower reads the log from its position, so that a slow or dead one misses nothing and
/// blocks no other.
public final class Feed: Sendable {
    private struct State {
        var end: LogEnd
        var lastToken = 0
        var followers: [Int: @Sendable () -> Void] = [:]
    }

    private let state: Mutex<State>

    /// A feed of a log with this end.
    public init(end: LogEnd = LogEnd()) {
        state = Mutex(State(end: end))
    }

    /// The end of the durable log.
    public var end: LogEnd { state.withLock { $0.end } }

    /// The id of the newest event that is on disk.
    public var latestEventID: Int64 { state.withLock { $0.end.latestEventID } }

    /// The number of followers.
    var followerCount: Int { state.withLock { $0.followers.count } }

    /// Calls `body` after each commit that appended events, on the writer's thread, until the returned token is
    /// removed: it must only signal, never wait.
    public func onAppend(_ body: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.lastToken += 1
            state.followers[state.lastToken] = body
            return state.lastToken
        }
    }

    /// Removes the callback of a token.
    public func remove(_ token: Int) {
        state.withLock { $0.followers[token] = nil }
    }

    /// Announces the new end of the log.
    ///
    /// Only ``Recorder`` calls it, after a commit.
    func notify(_ end: LogEnd) {
        let followers: [@Sendable () -> Void] = state.withLock { state in
            guard end.latestEventID > state.end.latestEventID else { return [] }
            state.end = end
            return Array(state.followers.values)
        }
        for follower in followers { follower() }
    }
}
