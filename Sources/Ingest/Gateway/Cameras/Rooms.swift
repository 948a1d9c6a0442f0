internal import Core
internal import Logging

/// The dashboard rooms: sends reads and alerts from the event log.
///
/// Lives on the gateway's thread, but for ``follow()``, which reads the log.
///
/// SAFETY: `@unchecked Sendable` because mutable state is used on the gateway's thread only; the task
/// that follows the log reaches it through the loop.
@safe final class Rooms: @unchecked Sendable {
    /// A room that clients join.
    enum Room: CaseIterable {
        case dashboard
        case health
    }

    private let loop: SocketLoop
    private var members: [Room: [ObjectIdentifier: SocketIOSocket]] = [:]
    /// Suspended while no room has members.
    private let follower: LogFollower

    init(log: any EventLog, loop: SocketLoop, logger: Logger) {
        self.loop = loop
        follower = LogFollower(
            name: "rooms",
            log: log,
            filter: EventFilter(kinds: [.read, .alert]),
            isSuspended: true,
            logger: logger
        )
    }

    func enter(_ room: Room, _ socket: SocketIOSocket) {
        follower.resume()
        members[room, default: [:]][ObjectIdentifier(socket)] = socket
    }

    func leave(_ room: Room, _ socket: SocketIOSocket) {
        members[room]?[ObjectIdentifier(socket)] = nil
        if members.values.allSatisfy(\.isEmpty) { follower.suspend() }
    }

    func leaveAll(_ socket: SocketIOSocket) {
        for room in Room.allCases { leave(room, socket) }
    }

    /// Follows the log and sends its events to the rooms, until the task is cancelled.
    func follow() async {
        await follower.run { batch in
            await self.tell(batch)
            return .taken
        }
    }

    private func tell(_ batch: LogFollower.Batch) async {
        await withCheckedContinuation { continuation in
            loop.run { _ in
                // A client that joined meanwhile gets the events after it.
                let position = self.follower.position
                for event in batch.events where event.id > position { self.tell(event) }
                self.follower.advance(to: batch.end)
                continuation.resume()
            } orElse: {
                continuation.resume()
            }
        }
    }

    private func tell(_ event: Event) {
        let name = event.kind == .alert ? "blacklist_alert" : "new_lpr_record"
        // The protocol's text is built once for all members.
        let text = Array(#"2["\#(name)",\#(event.json)]"#.utf8)
        let rooms: [Room] = event.kind == .alert ? Room.allCases : [.dashboard]
        var told: Set<ObjectIdentifier> = []
        for room in rooms {
            for (key, socket) in members[room] ?? [:] where told.insert(key).inserted {
                // The credentials may have changed since it entered.
                if socket.principal?.may(.read) == true {
                    socket.send(prepared: text)
                } else {
                    leaveAll(socket)
                }
            }
        }
    }
}
