internal import Core
internal import Logging
internal import Synchronization

/// The dashboard rooms: reads and alerts from the event log, whichever way they came in.
///
/// Lives on the gateway's thread, but for ``follow()``, which reads the log.
///
/// SAFETY: `@unchecked Sendable` because what changes is touched on the gateway's thread only, but for
/// `isWatched`, which is atomic; the task that follows the log reaches the rest through the loop.
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
    /// Whether somebody is in a room; said here for whoever announces events, on another thread.
    private let isWatched = Atomic<Bool>(false)
    /// Every event up to here has been told, while somebody is there.
    private var position: Int64
    private let growth: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(log: any EventLog, loop: SocketLoop, logger: Logger) {
        self.log = log
        self.loop = loop
        self.logger = logger
        position = log.latestEventID
        (growth, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        // Without an audience no thread is woken for a commit.
        log.onGrowth { [weak self] _ in
            if let self, self.isWatched.load(ordering: .sequentiallyConsistent) {
                self.signal.yield()
            }
        }
    }

    func enter(_ room: Room, _ socket: SocketIOSocket) {
        // In this order: what is announced in between is told once more, not passed over.
        isWatched.store(true, ordering: .sequentiallyConsistent)
        if members.values.allSatisfy(\.isEmpty) { position = log.latestEventID }
        members[room, default: [:]][ObjectIdentifier(socket)] = socket
    }

    func leave(_ room: Room, _ socket: SocketIOSocket) {
        members[room]?[ObjectIdentifier(socket)] = nil
        isWatched.store(members.values.contains { !$0.isEmpty }, ordering: .sequentiallyConsistent)
    }

    func leaveAll(_ socket: SocketIOSocket) {
        for room in Room.allCases { leave(room, socket) }
    }

    /// Tells the rooms of what the log tells, until the task is cancelled.
    func follow() async {
        for await _ in growth {
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
                let isWanted = self.members.values.contains { !$0.isEmpty }
                continuation.resume(returning: isWanted ? self.position : nil)
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
                socket.send(prepared: text)
            }
        }
    }
}
