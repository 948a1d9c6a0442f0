import Core
import HTTPClient
import Ingest

/// A camera on a plain WebSocket: one message for each read, answered in order.
struct WebSocketTransport: CameraTransport {
    private var socket: WebSocketOpening
    private let window: Int
    /// What is unanswered, in order: nil stands for the registration.
    private var pending: [Int64?] = [nil]
    private let registration: [UInt8]

    /// Begins the conversation; at most `window` reads are unanswered at one time.
    init(server: ServerAddress, cameraID: String, window: Int) {
        // A server given with a path means that path.
        socket = WebSocketOpening(server: server, path: server.path.isEmpty ? "/ws" : "")
        self.window = window
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("event", "camera_register")
            writer.key("data")
            writer.object { $0.field("camera_id", cameraID) }
        }
        registration = writer.bytes
    }

    var takesReads: Bool { socket.isOpen && pending.count < window }
    var isIdle: Bool { pending.isEmpty }

    mutating func send(_ read: WaitingRead) {
        socket.send(text: Array(#"{"event":"lpr_data","data":"#.utf8) + read.json + [0x7D])
        pending.append(read.number)
    }

    mutating func receive(_ bytes: [UInt8]) throws(TransportFault) -> [Answer] {
        let wasOpen = socket.isOpen
        let messages = try socket.receive(bytes)
        if !wasOpen, socket.isOpen { socket.send(text: registration) }
        var found: [Answer] = []
        for message in messages {
            switch message {
            case .text(let text): found.append(try answer(text))
            case .binary: throw TransportFault(description: "the server sends binary messages")
            case .pong: break
            case .close(let status):
                if let answer = try Answer(closing: status, pending.compactMap(\.self)) {
                    found.append(answer)
                }
            }
        }
        return found
    }

    private mutating func answer(_ text: [UInt8]) throws(TransportFault) -> Answer {
        guard let json = try? JSONParser.parse(text), !pending.isEmpty else {
            throw TransportFault(description: "the server sent an unexpected message")
        }
        return Answer(number: pending.removeFirst(), verdict: Verdict(socketAnswer: json))
    }

    mutating func takeOutput() -> [UInt8] { socket.takeOutput() }

    mutating func sayGoodbye() { socket.close() }
}
