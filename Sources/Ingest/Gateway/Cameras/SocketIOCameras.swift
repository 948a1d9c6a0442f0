internal import Core

/// The existing fleet's Socket.IO interface (WIRE, “The camera gateway”), on namespace `/`.
///
/// Lives on the gateway's thread.
///
/// SAFETY: `@unchecked Sendable` because answers come from other threads and only carry the reference
/// back to the gateway's thread, through the loop.
@safe final class SocketIOCameras: SocketIOApplication, @unchecked Sendable {
    private let messages: CameraMessageHandler
    private let presence: CameraPresence
    private let rooms: Rooms
    private let loop: SocketLoop
    private var cameras: [ObjectIdentifier: Set<String>] = [:]

    init(messages: CameraMessageHandler, presence: CameraPresence, rooms: Rooms, loop: SocketLoop) {
        self.messages = messages
        self.presence = presence
        self.rooms = rooms
        self.loop = loop
    }

    func serves(_ namespace: String) -> Bool { namespace == "/" }

    func connected(_ socket: SocketIOSocket, payload: JSON) {
        socket.emit("status", [Self.message("Connected to LPR Server")])
    }

    func received(_ event: SocketIOEvent, from socket: SocketIOSocket) {
        switch event.name {
        case "join_dashboard":
            enter(.dashboard, event, socket, says: "Joined dashboard room")
        case "join_health_room":
            enter(.health, event, socket, says: "Joined health monitoring room")
        case "leave_health_room":
            rooms.leave(.health, socket)
            let body = Self.message("Left health monitoring room")
            answer(CameraAnswer(event: "status", body: body), to: event, socket)
        case "request_health_check": check(event, socket)
        default: take(event, socket)
        }
    }

    func disconnected(_ socket: SocketIOSocket) {
        rooms.leaveAll(socket)
        presence.left(cameras.removeValue(forKey: ObjectIdentifier(socket)) ?? [])
    }

    func closing(_ client: ClientAddress, _ sockets: [SocketIOSocket], because refusal: Refusal) {
        let names = sockets.flatMap { cameras[ObjectIdentifier($0)] ?? [] }
        messages.noteClosing(client, speakingFor: Set(names), because: refusal)
    }

    private func take(_ event: SocketIOEvent, _ socket: SocketIOSocket) {
        guard let principal = socket.principal else { return }
        let message = CameraMessage(
            event: event.name,
            data: event.arguments.first ?? .object([]),
            attachments: event.attachments
        )
        // SAFETY: only carried to the gateway's thread and used there.
        nonisolated(unsafe) let socket = socket
        let ackID = event.ackID
        let cameraID = unsafe messages.take(message, of: principal, from: socket.peer) {
            [loop] answer in
            loop.run { _ in unsafe Self.send(answer(), ackID, socket) }
        }
        guard let cameraID else { return }
        let key = unsafe ObjectIdentifier(socket)
        let isKnown = cameras[key]?.contains(cameraID) == true
        if !isKnown, (cameras[key]?.count ?? 0) < CameraPresence.camerasPerSocketMax {
            cameras[key, default: []].insert(cameraID)
            presence.arrived(cameraID)
        }
    }

    /// Whether the client may join rooms; if not, it gets an error.
    private func mayRead(_ event: SocketIOEvent, _ socket: SocketIOSocket) -> Bool {
        guard let principal = socket.principal else { return false }
        if principal.may(.read) { return true }
        answer(messages.refusal(.notPermitted(principal), from: socket.peer), to: event, socket)
        return false
    }

    private func enter(
        _ room: Rooms.Room,
        _ event: SocketIOEvent,
        _ socket: SocketIOSocket,
        says text: String
    ) {
        guard mayRead(event, socket) else { return }
        rooms.enter(room, socket)
        answer(CameraAnswer(event: "status", body: Self.message(text)), to: event, socket)
    }

    private func check(_ event: SocketIOEvent, _ socket: SocketIOSocket) {
        guard mayRead(event, socket) else { return }
        // SAFETY: only carried to the gateway's thread and used there.
        nonisolated(unsafe) let socket = socket
        let (monitor, loop, ackID) = (messages.backend.monitor, loop, event.ackID)
        Task {
            let text = Array((await monitor.look()).json.utf8)
            let body = (try? JSONParser.parse(text)) ?? .object([])
            loop.run { _ in
                let answer = CameraAnswer(event: "health_check_result", body: body)
                unsafe Self.send(answer, ackID, socket)
            }
        }
    }

    private func answer(_ answer: CameraAnswer, to event: SocketIOEvent, _ socket: SocketIOSocket) {
        Self.send(answer, event.ackID, socket)
    }

    /// Emits an answer; who asked for an acknowledgement gets the same object as that.
    private static func send(_ answer: CameraAnswer, _ ackID: Int?, _ socket: SocketIOSocket) {
        socket.emit(answer.event, [answer.body])
        if let ackID { socket.acknowledge(ackID, [answer.body]) }
    }

    private static func message(_ text: String) -> JSON {
        .object([JSON.Member("message", .string(text))])
    }
}
