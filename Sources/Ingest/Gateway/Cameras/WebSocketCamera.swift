internal import Core

/// A camera on a plain WebSocket (WIRE): one JSON message for each read, one answer for each, in order.
///
/// Lives on the gateway's thread.
///
/// SAFETY: `@unchecked Sendable` because answers come from other threads and only carry the reference
/// back to the gateway's thread, through the loop.
@safe final class WebSocketCamera: WebSocketHandler, @unchecked Sendable {
    /// The number of pending answers beyond which no more is read from this camera.
    private static let dueMax = 256

    private let messages: CameraMessageHandler
    private let presence: CameraPresence
    private let loop: SocketLoop
    private let limits: Limits
    private var admission: Admission
    /// Whether it lost its admission: later input is discarded.
    private var isRefused = false
    private let onEnd: () -> Void
    private var socket: WebSocket?
    private var cameras: Set<String> = []
    /// The number of the next message, and of the next answer to be sent.
    private var nextMessage = 0
    private var nextAnswer = 0
    private var answers: [Int: [UInt8]] = [:]

    init(
        messages: CameraMessageHandler,
        presence: CameraPresence,
        loop: SocketLoop,
        admission: Admission,
        onEnd: @escaping () -> Void
    ) {
        self.messages = messages
        self.presence = presence
        self.loop = loop
        self.admission = admission
        self.onEnd = onEnd
        limits = messages.backend.limits
    }

    func opened(_ socket: WebSocket) { self.socket = socket }

    private var client: ClientAddress { admission.client }

    /// The sender by the current credentials; nil if it is no longer admitted, which closes the socket.
    private func principal() -> Principal? {
        guard !isRefused else { return nil }
        do throws(Refusal) {
            return try admission.renewed()
        } catch {
            isRefused = true
            closing(because: error)
            socket?.close(1_008, reason: "not admitted any more")
            return nil
        }
    }

    func received(text: [UInt8]) {
        guard let principal = principal() else { return }
        let number = nextMessage
        nextMessage += 1
        do throws(Refusal) {
            let json = try JSONParser.parse(
                text,
                depthMax: limits.jsonDepthMax,
                valuesMax: limits.messageValuesMax,
                takesNonFinite: true
            )
            let message = try Self.message(json)
            let cameraID = messages.take(message, of: principal, from: client) { [loop] answer in
                loop.run { _ in self.send(answer(), number) }
            }
            if let cameraID, cameras.count < CameraPresence.camerasPerSocketMax,
                cameras.insert(cameraID).inserted
            {
                presence.arrived(cameraID)
            }
        } catch {
            send(messages.refusal(error.of(onlyCamera), from: client), number)
        }
        if nextMessage - nextAnswer >= Self.dueMax { socket?.pauseReading() }
    }

    func received(binary: [UInt8]) {
        guard principal() != nil else { return }
        let number = nextMessage
        nextMessage += 1
        let refusal = Refusal(.invalid, "send JSON as a text message, not as binary")
        send(messages.refusal(refusal.of(onlyCamera), from: client), number)
    }

    /// The camera that the socket spoke for so far, if it is one alone.
    private var onlyCamera: String? { cameras.count == 1 ? cameras.first : nil }

    func closing(because refusal: Refusal) {
        messages.noteClosing(client, speakingFor: cameras, because: refusal)
    }

    func closed() {
        socket = nil
        presence.left(cameras)
        onEnd()
    }

    /// The service stops.
    func leave() { socket?.close(1_001, reason: "the server is stopping") }

    /// The three shapes: `{"event","data"}`, the older edge's `{"table","data"}`, and a bare read.
    private static func message(_ json: JSON) throws(Refusal) -> CameraMessage {
        guard case .object = json else {
            throw Refusal(.invalid, "send a JSON object, not \(json.kindName)")
        }
        if case .string(let event)? = json["event"], json["plate_number"] == nil {
            return CameraMessage(event: event, data: json["data"] ?? .object([]))
        }
        if json["type"] == .string("health_check") {
            return CameraMessage(event: "health_status", data: json)
        }
        return CameraMessage(event: "lpr_data", data: json)
    }

    /// Sends an answer once all earlier ones are sent.
    private func send(_ answer: CameraAnswer, _ number: Int) {
        answers[number] = Array(answer.body.json.utf8)
        while let next = answers.removeValue(forKey: nextAnswer) {
            nextAnswer += 1
            socket?.send(text: next)
        }
        if nextMessage - nextAnswer < Self.dueMax / 2 { socket?.resumeReading() }
    }
}
