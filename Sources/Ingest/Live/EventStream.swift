public import Core
public import Logging
internal import Synchronization

/// Sends the event log to every client of `/events`, with one reader for all of them.
///
/// Each page of the log is read once and each event's text is built once; subscriptions share the
/// bytes. One that resumes reads the log by itself, page by page, until it has caught up with the others.
public final class EventStream: Sendable {
    private struct State {
        /// Subscriptions that get events as they come.
        var live: [ObjectIdentifier: EventSubscription] = [:]
        /// Whether some left, so that the follower's filter may admit more than the others want; recomputing it
        /// visits all of them.
        var isFilterWide = false
        /// All subscriptions, including those that still catch up.
        var count = 0
        var isStopped = false
    }

    /// The minimum interval between two reads of the log.
    ///
    /// If commits come faster, several are sent together. A thousand a second had cost a fifth of a core
    /// for two clients, nearly all of it for waking threads; a single event is sent at once, and three
    /// milliseconds are imperceptible.
    private static let pause = Duration.milliseconds(3)
    /// Events per page of the log.
    private static let pageEvents = 256

    private let log: any EventLog
    private let limits: Limits
    private let logger: Logger
    private let heartbeat: Duration
    private let state: Mutex<State>
    /// Every event up to its position has been offered to those that are live; suspended while none is.
    ///
    /// Its position and its filter change under `state`'s lock only, together with who is live.
    private let follower: LogFollower

    /// A stream that follows a log from its current end.
    ///
    /// The wire contract demands a heartbeat at least every 15 s, so 10 s leave room for a busy
    /// moment.
    public init(
        log: any EventLog,
        limits: Limits,
        logger: Logger,
        heartbeat: Duration = .seconds(10)
    ) {
        self.log = log
        self.limits = limits
        self.logger = logger
        self.heartbeat = heartbeat
        state = Mutex(State())
        follower = LogFollower(
            name: "event streams",
            log: log,
            filter: EventFilter(kinds: []),
            isSuspended: true,
            pause: Self.pause,
            logger: logger
        )
    }

    /// The number of subscriptions.
    public var listenerCount: Int { state.withLock { $0.count } }

    /// The answer to `GET /events`.
    ///
    /// Throws ``Refusal`` for a filter or an id that cannot be, and where too many listen already.
    public func subscribe(_ request: Request) throws(Refusal) -> Response {
        let filter = try EventFilter(request.query)
        let resumeID = try Self.resumeID(request)
        try takePlace()
        let subscription = EventSubscription(
            filter: filter,
            admission: request.admission,
            // An id from another database would wait for future events.
            position: min(resumeID ?? 0, log.latestEventID),
            bytesMax: limits.eventBacklogBytesMax,
            onClose: { [weak self] in self?.remove($0) }
        )
        begin(subscription, resumes: resumeID != nil)
        return Response(
            status: 200,
            headers: [
                ("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-store"),
                ("X-Accel-Buffering", "no"),
            ],
            body: .events(subscription)
        )
    }

    private func takePlace() throws(Refusal) {
        let refusal = state.withLock { state -> Refusal? in
            guard !state.isStopped else { return Refusal(.busy, "the server is stopping") }
            guard state.count < limits.eventListenersMax else {
                let most = limits.eventListenersMax
                return Refusal(.busy, "\(most) clients listen to events already; try again later")
            }
            state.count += 1
            return nil
        }
        if let refusal { throw refusal }
    }

    private func begin(_ subscription: EventSubscription, resumes: Bool) {
        if resumes {
            Task { await self.catchUp(subscription) }
        } else {
            join(subscription, from: nil)
        }
    }

    /// A browser sends the header; one that cannot set headers, the parameter.
    private static func resumeID(_ request: Request) throws(Refusal) -> Int64? {
        let header = request.headers["Last-Event-ID"]
        guard let text = header ?? request.query["last_event_id"], !text.isEmpty else { return nil }
        guard let id = Int64(text), id >= 0 else {
            throw .invalid(
                header == nil ? "last_event_id" : "Last-Event-ID",
                "must be the id of an event: an integer from 0",
                code: "not_a_number"
            )
        }
        return id
    }

    /// Reads the log from the client's position, then joins it to the others.
    ///
    /// The next page is read once the last one is sent, so that a long absence costs no memory.
    private func catchUp(_ subscription: EventSubscription) async {
        var position = subscription.position
        do {
            while !subscription.isEnded {
                let page = try await log.page(
                    after: position,
                    limit: Self.pageEvents,
                    filter: subscription.filter
                )
                if let lost = page.lost {
                    subscription.offer(comment: ServerSentEvent.lost(lost), onlyIfIdle: false)
                }
                for event in page.events {
                    let text = ServerSentEvent.text(event)
                    if !subscription.hasRoom(for: text) { await subscription.drained() }
                    subscription.offer(event.id, text)
                }
                position = page.end
                if join(subscription, from: position) { return }
                await subscription.drained()
            }
        } catch {
            logger.error("the event log could not be read", metadata: ["cause": "\(error)"])
            subscription.finish()
        }
    }

    /// Makes a subscription live if it has everything that the others have; nil joins at the current end.
    @discardableResult
    private func join(_ subscription: EventSubscription, from position: Int64?) -> Bool {
        state.withLock { state in
            guard !state.isStopped, !subscription.isEnded else { return true }
            follower.resume()
            if let position, position < follower.position {
                if state.live.isEmpty { follower.suspend() }
                return false
            }
            subscription.advance(to: position ?? follower.position)
            state.live[ObjectIdentifier(subscription)] = subscription
            let kinds = follower.filter.kinds.union(subscription.filter.kinds)
            follower.filter = EventFilter(kinds: kinds)
            return true
        }
    }

    private func remove(_ subscription: EventSubscription) {
        state.withLock { state in
            state.live[ObjectIdentifier(subscription)] = nil
            state.isFilterWide = true
            if state.live.isEmpty { follower.suspend() }
            state.count -= 1
        }
    }
}

extension EventStream {
    /// Offers the log's events to all live subscriptions, until the task is cancelled.
    func follow() async {
        await follower.run { self.deliver($0) }
    }

    /// Offers a piece of the log under the lock under which others join: none can come in between and miss an event or
    /// get it twice.
    ///
    /// It is read again, and nothing was offered, if one joined meanwhile that wants what was not read.
    private func deliver(_ batch: LogFollower.Batch) -> LogFollower.Outcome {
        let texts = batch.events.map { ($0, ServerSentEvent.text($0)) }
        return state.withLock { state in
            guard batch.filter.kinds.isSuperset(of: follower.filter.kinds) else {
                return .readAgain
            }
            for subscription in state.live.values {
                for (event, text) in texts where subscription.filter.admits(event) {
                    subscription.offer(event.id, text)
                }
            }
            follower.advance(to: batch.end)
            if state.isFilterWide {
                let kinds = state.live.values.reduce(into: Set()) { $0.formUnion($1.filter.kinds) }
                follower.filter = EventFilter(kinds: kinds)
                state.isFilterWide = false
            }
            return .taken
        }
    }

    /// One timer for all: a comment to each subscription that has nothing queued.
    func beat() async {
        while (try? await Task.sleep(for: heartbeat)) != nil {
            let live = state.withLock { Array($0.live.values) }
            for subscription in live { subscription.offer(comment: ServerSentEvent.heartbeat) }
        }
    }

    /// Ends every stream; no more are admitted.
    func endAll() {
        let live = state.withLock { state in
            state.isStopped = true
            return Array(state.live.values)
        }
        for subscription in live { subscription.finish() }
    }
}
