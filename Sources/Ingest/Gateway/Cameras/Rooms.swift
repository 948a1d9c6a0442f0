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

    private static let pageEvents = 256

    private let log: any EventLog
    private let loop: SocketLoop
    private let logger: Logger
    private var members: [Room: [ObjectIdentifier: SocketIOSocket]] = [:]
    /// Every event up to here has been told, while somebody is there.
    private var position: Int64
    /// Whether somebody is in a room.
    private let demand: DemandSignal

    init(log: any EventLog, loop: SocketLoop, logger: Logger) {
        self.log = log
        self.loop = loop
        self.logger = logger
        position = log.latestEventID
        demand = DemandSignal(of: log)
    }

    func enter(_ room: Room, _ socket: SocketIOSocket) {
        demand.setActive(true)
        if !isWatched { position = log.latestEventID }
        members[room, default: [:]][ObjectIdentifier(socket)] = socket
    }

    func leave(_ room: Room, _ socket: SocketIOSocket) {
        members[room]?[ObjectIdentifier(socket)] = nil
        demand.setActive(isWatched)
    }

    private var isWatched: Bool { members.values.contains { !$0.isEmpty } }

    func leaveAll(_ socket: SocketIOSocket) {
        for room in Room.allCases { leave(room, socket) }
    }

    /// Tells the rooms of what the log tells, until the task is cancelled.
    func follow() async {
        for await _ in demand.wakeups {
            while let from = await wantedPosition() {
                guard let page = await page(after: from) else { break }
                await tell(page)
                if page.events.count < Self.pageEvents { break }
            }
        }
    }

    /// From where somebody waits for news; nil where nobody does.
    private func wantedPosition() async -> Int64? {
        await withCheckedContinuation { continuation in
            loop.run { _ in
                continuation.resume(returning: self.isWatched ? self.position : nil)
            } orElse: {
                continuation.resume(returning: nil)
            }
        }
    }

    private func page(after position: Int64) async -> EventPage? {
        do {
            let filter = EventFilter(kinds: [.read, .alert])
            return try await log.page(after: position, limit: Self.pageEvents, filter: filter)
        } catch {
            logger.error("the event log could not be read", metadata: ["cause": "\(error)"])
            return nil
        }
    }

    private func tell(_ page: EventPage) async {
        await withCheckedContinuation { continuation in
            loop.run { _ in
                for event in page.events where event.id > self.position { self.tell(event) }
                self.position = max(self.position, page.end)
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
