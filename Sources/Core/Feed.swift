import Synchronization

/// Tells followers that the event log has grown.
///
/// It carries no events: a follower reads the log from where it stands, so that one that was slow or
/// dead misses nothing and holds nobody up.
public final class Feed: Sendable {
    private struct State {
        var latestEventID: Int64
        /// The newest event that pages can depend on: any but `site`.
        var latestPageEventID: Int64
        var nextFollower = 0
        var followers: [Int: @Sendable (Int64) -> Void] = [:]
    }

    private let state: Mutex<State>

    /// A feed whose log ends with an event; 0 for an empty log.
    public init(latestEventID: Int64 = 0) {
        state = Mutex(State(latestEventID: latestEventID, latestPageEventID: latestEventID))
    }

    /// The id of the newest event that is on disk.
    public var latestEventID: Int64 { state.withLock { $0.latestEventID } }

    /// The id of the newest event on disk that pages can depend on: any but `site`, with which the publisher
    /// would wake itself.
    public var latestPageEventID: Int64 { state.withLock { $0.latestPageEventID } }

    /// Calls `body` after each commit that appended events, on the writer's thread: it must only
    /// signal somebody, never wait.
    public func onAppend(_ body: @escaping @Sendable (Int64) -> Void) {
        _ = add(body)
    }

    /// Waits until the log has an event after `id` that pages can depend on, and returns the newest one's id;
    /// at once if it has one already.
    ///
    /// Returns `id` when the waiting task is cancelled.
    public func waitForPageEvents(after id: Int64) async -> Int64 {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Int64.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let follower = add { [self] _ in continuation.yield(latestPageEventID) }
        defer { state.withLock { $0.followers[follower] = nil } }
        // Registered first and asked second, so that nothing falls between the two.
        let latest = latestPageEventID
        if latest > id { return latest }
        for await newest in stream where newest > id { return newest }
        return id
    }

    /// Announces the new end of the log, and the newest event in it that pages can depend on.
    ///
    /// Only ``Recorder`` calls it, after a commit.
    func notify(_ id: Int64, ofPages pageID: Int64) {
        let followers: [@Sendable (Int64) -> Void] = state.withLock { state in
            guard id > state.latestEventID else { return [] }
            state.latestEventID = id
            state.latestPageEventID = max(state.latestPageEventID, pageID)
            return Array(state.followers.values)
        }
        for follower in followers { follower(id) }
    }

    private func add(_ body: @escaping @Sendable (Int64) -> Void) -> Int {
        state.withLock { state in
            state.nextFollower += 1
            state.followers[state.nextFollower] = body
            return state.nextFollower
        }
    }
}
