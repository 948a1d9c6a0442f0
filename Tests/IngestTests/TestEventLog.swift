import Synchronization

@testable import Core
@testable import Ingest

/// An event log in memory.
///
/// Ids begin at 1 and leave no gap, except where events were removed.
final class TestEventLog: EventLog {
    private struct State {
        var events: [Event] = []
        var latestID: Int64 = 0
        var followers: [@Sendable (Int64) -> Void] = []
        var pagesRead = 0
    }

    private let state = Mutex(State())

    var latestEventID: Int64 { state.withLock { $0.latestID } }
    var pagesRead: Int { state.withLock { $0.pagesRead } }

    func onAppend(_ body: @escaping @Sendable (Int64) -> Void) {
        state.withLock { $0.followers.append(body) }
    }

    func page(after id: Int64, limit: Int, filter: EventFilter) async throws -> EventPage {
        state.withLock { state in
            state.pagesRead += 1
            let events = state.events.lazy.filter { $0.id > id && filter.admits($0) }.prefix(limit)
            let isFull = events.count >= limit
            return EventPage(
                events: Array(events),
                end: isFull ? (events.last?.id ?? id) : max(id, state.latestID)
            )
        }
    }

    func append(_ kind: Event.Kind = .read, camera: String? = "CAM1", json: String = "{}") {
        let (id, followers) = state.withLock { state in
            state.latestID += 1
            state.events.append(
                Event(
                    id: state.latestID,
                    kind: kind,
                    at: Timestamp(milliseconds: 0),
                    cameraID: camera,
                    subject: nil,
                    json: json
                )
            )
            return (state.latestID, state.followers)
        }
        for follower in followers { follower(id) }
    }

    /// Forgets events up to an id, as retention does.
    func prune(upTo id: Int64) {
        state.withLock { $0.events.removeAll { $0.id <= id } }
    }
}
