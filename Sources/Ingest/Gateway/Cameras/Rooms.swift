internal import Core
internal import Logging

/// The dashboard rooms: reads and alerts from the event log, whichever way they came in.
///
/// Lives on the gateway's thread, but for ``follow()``, which reads the log.
///
/// SAFETY: `@unchecked Sendable` because what changes is touched on the gateway's thread only; the task
/// that follows the log reaches it through the loop.
@safe final class Rooms: @unchecked Sendable {
    /// A room that clients join.
    enum Room: CaseIterable {
        case dashboard
        case health
    }

    private let loop: SocketLoop
    private var members: [Room: [ObjectIdentifier: SocketIOSocket]] = [:]
    /// Suspended while no client is in a room.
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

    /// Tells the rooms of what the log tells, until the task is cancelled.
    func follow() async {
        await follower.run { batch in
            await self.tell(batch)
            return .taken
        }
    }

    private func tell(_ batch: LogFollower.Batch) async {
        await withCheckedContinuation { continuation in
            loop.run { _ in
                // A client that came meanwhile is told what comes after it.
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
        // The protocol's text is made once for everybody.
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
