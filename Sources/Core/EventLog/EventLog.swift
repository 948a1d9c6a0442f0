/// The event log as its followers see it.
public protocol EventLog: Sendable {
    /// The end of the durable log.
    var end: LogEnd { get }
    /// Calls `body` after the log has grown, on another thread, until the returned token is removed: it must only
    /// signal.
    func onAppend(_ body: @escaping @Sendable () -> Void) -> Int
    /// Removes the callback of a token.
    func remove(_ token: Int)
    /// One page of the log.
    func page(after id: Int64, limit: Int, filter: EventFilter) async throws -> EventPage
}

extension EventLog {
    /// The id of the newest event that is on disk.
    public var latestEventID: Int64 { end.latestEventID }
}

/// Events from one snapshot of the log.
public struct EventPage: Sendable {
    /// The events, oldest first.
    public let events: [Event]
    /// The id up to which the page is complete: a missing event does not exist, is filtered or is lost.
    public let end: Int64
    /// The requested events that had already been pruned when the page was read; nil if none.
    public let lost: ClosedRange<Int64>?

    /// A page of the events after an id, from a log whose oldest event is `oldest`.
    public init(events: [Event], after id: Int64, end: Int64, oldest: Int64?) {
        self.events = events
        self.end = end
        // Ids have no gaps: the log is only pruned at its beginning.
        if let oldest, id + 1 < oldest {
            lost = (id + 1)...(oldest - 1)
        } else {
            lost = nil
        }
    }
}

/// The log in the store.
public struct StoredEventLog: EventLog {
    private let store: any StoreReader
    private let feed: Feed

    /// The log of a store, with the feed that announces its growth.
    public init(store: any StoreReader, feed: Feed) {
        self.store = store
        self.feed = feed
    }

    /// The end of the durable log.
    public var end: LogEnd { feed.end }

    /// Calls `body` after each commit that appended events, on the writer's thread.
    public func onAppend(_ body: @escaping @Sendable () -> Void) -> Int { feed.onAppend(body) }

    /// Removes the callback of a token.
    public func remove(_ token: Int) { feed.remove(token) }

    /// One page of the log, read from one snapshot.
    ///
    /// Never beyond the announced end: a client that resumes after an unannounced event would get it twice.
    public func page(
        after id: Int64,
        limit: Int,
        filter: EventFilter
    ) async throws -> EventPage {
        let announced = feed.latestEventID
        return try await store.read { snapshot in
            let events = try snapshot.events(
                after: id,
                limit: limit,
                kinds: filter.kinds,
                cameraID: filter.cameraID
            )
            let isFull = events.count >= limit
            let end = try isFull ? events.last?.id ?? id : snapshot.newestEventID()
            return EventPage(
                events: Array(events.prefix { $0.id <= announced }),
                after: id,
                end: max(id, min(end, announced)),
                oldest: try snapshot.oldestEventID()
            )
        }
    }
}
