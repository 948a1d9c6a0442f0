public import Logging
import Synchronization

/// Follows the event log: waits until it has grown, reads a page, hands it on, advances, and tries again after an
/// error.
///
/// It knows by itself how far it has come, so that it never holds up the writer or another follower. If the log was
/// pruned past its position it says so, to the log of the service and to the one it hands pages to
/// (``Batch/lost``).
public final class LogFollower: Sendable {
    /// A batch of events.
    public struct Batch: Sendable {
        /// The events that pass the filter, oldest first; may be empty.
        public let events: [Event]
        /// The id up to which it is complete.
        public let end: Int64
        /// The filter with which it was read.
        public let filter: EventFilter
        /// Events that were pruned before they were read; nil if none.
        public let lost: ClosedRange<Int64>?
    }

    /// The result of handling a batch.
    public enum Outcome: Sendable {
        /// The follower advances past it.
        case taken
        /// It was not handled: it is read again, with the filter of that moment.
        case readAgain
    }

    private struct State {
        var position: Int64
        var filter: EventFilter
        var isFollowing: Bool
        /// The stored position; nil before it was looked up.
        var kept: Int64?
    }

    /// The maximum number of events per batch.
    static let eventsPerBatch = 256
    /// The number of skipped events after which the position is stored although none was wanted.
    static let eventsPerKeeping: Int64 = 1_000

    /// Its name in the service's log.
    public let name: String
    private let log: any EventLog
    private let pause: Duration
    private let retryPause: Duration
    private let logger: Logger
    /// Where its position is stored; nil if it starts at the log's end after each start.
    private let keeper: Recorder?
    private let state: Mutex<State>
    /// Whether an append wakes it: read on the writer's thread, which must not wait for `state`.
    private let isAwake: Atomic<Bool>

    /// A follower that starts after the event `position`, or at the log's current end.
    ///
    /// With a `keeper` its position is stored in the database: it survives a restart, and events handled in the last
    /// moment before a crash are handed over again.
    /// `pause` is the minimum interval between two reads: if commits come faster, one read covers several.
    /// `retryPause` is the delay after an error.
    public init(
        name: String,
        log: any EventLog,
        filter: EventFilter = EventFilter(),
        after position: Int64? = nil,
        keptBy keeper: Recorder? = nil,
        isSuspended: Bool = false,
        pause: Duration = .zero,
        retryPause: Duration = .seconds(1),
        logger: Logger
    ) {
        self.name = name
        self.log = log
        self.pause = pause
        self.retryPause = retryPause
        self.logger = logger
        self.keeper = keeper
        state = Mutex(
            State(
                position: position ?? log.latestEventID,
                filter: filter,
                isFollowing: !isSuspended,
                kept: nil
            )
        )
        isAwake = Atomic(!isSuspended)
    }

    /// Every wanted event up to here was handled, except while it is suspended.
    public var position: Int64 { state.withLock { $0.position } }

    /// The wanted events; may be changed while it follows.
    public var filter: EventFilter {
        get { state.withLock { $0.filter } }
        set { state.withLock { $0.filter = newValue } }
    }

    /// The id of the newest event of the wanted kinds.
    public var latestWantedEventID: Int64 { log.end.latestEventID(of: filter.kinds) }

    /// Advances past an event, never back.
    ///
    /// ``run(_:)`` does that after each handled batch; a handler calls it itself if the advance must happen under one
    /// lock with its own change.
    public func advance(to id: Int64) {
        state.withLock { $0.position = max($0.position, id) }
    }

    /// Resumes at the log's current end; does nothing unless suspended.
    public func resume() {
        // Set before the end is read, so that an append in between wakes it.
        isAwake.store(true, ordering: .sequentiallyConsistent)
        state.withLock { state in
            guard !state.isFollowing else { return }
            state.isFollowing = true
            state.position = max(state.position, log.latestEventID)
        }
    }

    /// Stops following until ``resume()``: nothing is read, and no thread is woken for a commit.
    public func suspend() {
        isAwake.store(false, ordering: .sequentiallyConsistent)
        state.withLock { $0.isFollowing = false }
    }

    /// Passes the log's events to `handle`, batch by batch, until the task is cancelled.
    ///
    /// If it throws, the batch is passed again later.
    public func run(_ handle: (Batch) async throws -> Outcome) async {
        let (wakeups, signal) = wakeups()
        defer { signal.finish() }
        // For events appended before.
        signal.yield()
        var (last, isFailing) = (ContinuousClock.now - pause, false)
        for await _ in wakeups {
            let rest = pause - (ContinuousClock.now - last)
            if rest > .zero { try? await Task.sleep(for: rest, tolerance: .zero) }
            last = .now
            do {
                try await readOn(handle)
                if isFailing { logger.notice("follows the event log again", metadata: about) }
                isFailing = false
            } catch {
                guard !Task.isCancelled else { return }
                if !isFailing { report(error) }
                isFailing = true
                try? await Task.sleep(for: retryPause)
                signal.yield()
            }
        }
    }

    /// Waits until the log has an event of the wanted kinds after the position; false if the task is cancelled first.
    public func waitForEvents() async -> Bool {
        let (wakeups, signal) = wakeups()
        defer { signal.finish() }
        // Registered first and checked second, so that no event is missed between the two.
        if latestWantedEventID > position { return true }
        for await _ in wakeups where latestWantedEventID > position { return true }
        return false
    }
}

extension LogFollower {
    private var about: Logger.Metadata { ["follower": "\(name)"] }

    /// One element for all appends since the last one.
    private func wakeups() -> (AsyncStream<Void>, AsyncStream<Void>.Continuation) {
        let (stream, signal) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let token = log.onAppend { [self] in
            if isAwake.load(ordering: .sequentiallyConsistent) { signal.yield() }
        }
        signal.onTermination = { [log] _ in log.remove(token) }
        return (stream, signal)
    }

    /// Reads until nothing is left, or a batch is not full: later appends wake it again.
    private func readOn(_ handle: (Batch) async throws -> Outcome) async throws {
        try await findPosition()
        while !Task.isCancelled, let batch = try await next() {
            if let lost = batch.lost { report(lost: lost) }
            guard try await handle(batch) == .taken else { continue }
            advance(to: batch.end)
            try await keepPosition(after: batch)
            if batch.events.count < LogFollower.eventsPerBatch { return }
        }
    }

    /// The next batch; nil if there is none, or while suspended.
    private func next() async throws -> Batch? {
        let end = log.end
        let state = state.withLock { $0 }
        guard state.isFollowing, state.position < end.latestEventID else { return nil }
        // Nothing is read if only other kinds were appended.
        guard end.latestEventID(of: state.filter.kinds) > state.position else {
            return Batch(events: [], end: end.latestEventID, filter: state.filter, lost: nil)
        }
        let page = try await log.page(
            after: state.position,
            limit: LogFollower.eventsPerBatch,
            filter: state.filter
        )
        return Batch(events: page.events, end: page.end, filter: state.filter, lost: page.lost)
    }

    /// Called once: resumes at the stored position, or stores the current one.
    private func findPosition() async throws {
        guard let keeper, state.withLock({ $0.kept }) == nil else { return }
        let name = name
        let kept = try await keeper.store.read { try $0.position(ofFollower: name) }
        let position = kept.map { min($0, log.latestEventID) } ?? position
        if kept == nil { try await keeper.keepPosition(position, ofFollower: name) }
        state.withLock { ($0.position, $0.kept) = (position, position) }
    }

    private func keepPosition(after batch: Batch) async throws {
        let (position, kept) = state.withLock { ($0.position, $0.kept ?? 0) }
        guard let keeper, position > kept,
            !batch.events.isEmpty || position - kept >= LogFollower.eventsPerKeeping
        else { return }
        try await keeper.keepPosition(position, ofFollower: name)
        state.withLock { $0.kept = position }
    }

    private func report(_ error: any Error) {
        logger.error(
            "could not follow the event log; trying again",
            metadata: about.merging(["cause": "\(error)"]) { $1 }
        )
    }

    private func report(lost: ClosedRange<Int64>) {
        logger.warning(
            "a follower fell behind the event log's oldest event and missed events",
            metadata: about.merging([
                "first": "\(lost.lowerBound)", "last": "\(lost.upperBound)",
            ]) { $1 }
        )
    }
}
