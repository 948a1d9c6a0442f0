import Synchronization

@testable import Core
@testable import Ingest

/// An event log in memory.
///
/// Ids begin at 1 and leave no gap, except where events were removed.
final class TestEventLog: EventLog {
    private struct State {
        var events: [Event] = []
        var end = LogEnd()
        var followers: [@Sendable () -> Void] = []
        var pagesRead = 0
    }

    private let state = Mutex(State())

    var end: LogEnd { state.withLock { $0.end } }
    var pagesRead: Int { state.withLock { $0.pagesRead } }

    func onAppend(_ body: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.followers.append(body)
            return state.followers.count - 1
        }
    }

    func remove(_ token: Int) {
        state.withLock { $0.followers[token] = {} }
    }

    func page(after id: Int64, limit: Int, filter: EventFilter) async throws -> EventPage {
        state.withLock { state in
            state.pagesRead += 1
            let events = state.events.lazy.filter { $0.id > id && filter.admits($0) }.prefix(limit)
            let isFull = events.count >= limit
            return EventPage(
                events: Array(events),
                after: id,
                end: isFull ? (events.last?.id ?? id) : max(id, state.end.latestEventID),
                oldest: state.events.first?.id ?? state.end.latestEventID + 1
            )
        }
    }

    func append(_ kind: Event.Kind = .read, camera: String? = "CAM1", json: String = "{}") {
        let followers = state.withLock { state in
            state.end.append(kind, state.end.latestEventID + 1)
            state.events.append(
                Event(
                    id: state.end.latestEventID,
                    kind: kind,
                    at: Timestamp(milliseconds: 0),
                    cameraID: camera,
                    subject: nil,
                    json: json
                )
            )
            return state.followers
        }
        for follower in followers { follower() }
    }

    /// Forgets events up to an id, as retention does.
    func prune(upTo id: Int64) {
        state.withLock { $0.events.removeAll { $0.id <= id } }
    }
}
