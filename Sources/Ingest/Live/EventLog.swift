public import Core

/// The event log as those who follow it see it.
public protocol EventLog: Sendable {
    /// The id of the newest event that is on disk.
    var latestEventID: Int64 { get }
    /// Calls `body` after the log has grown, on somebody else's thread: it must only signal.
    func onAppend(_ body: @escaping @Sendable (Int64) -> Void)
    /// One page of the log.
    func page(after id: Int64, limit: Int, filter: EventFilter) async throws -> EventPage
}

/// Events from one state of the log.
public struct EventPage: Sendable {
    /// The events, oldest first.
    public let events: [Event]
    /// Up to which id the page is complete: what is missing until there does not exist or is filtered.
    public let end: Int64

    /// Makes a page.
    public init(events: [Event], end: Int64) {
        self.events = events
        self.end = end
    }
}

/// The log in Core's store.
public struct StoredEventLog: EventLog {
    private let store: Store
    private let feed: Feed

    /// The log of a store, with the feed that announces its growth.
    public init(store: Store, feed: Feed) {
        self.store = store
        self.feed = feed
    }

    /// The id of the newest event that is on disk.
    public var latestEventID: Int64 { feed.latestEventID }

    /// Calls `body` after each commit that appended events, on the writer's thread.
    public func onAppend(_ body: @escaping @Sendable (Int64) -> Void) { feed.onAppend(body) }

    /// One page of the log, read from one snapshot.
    ///
    /// Never beyond what is announced: who resumes after an event that was told him too early would be told it
    /// again.
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
                end: max(id, min(end, announced))
            )
        }
    }
}
