import Core
import HTTPClient
import Ingest

/// A camera that speaks Socket.IO 5 over Engine.IO 4's WebSocket transport: each read is an event that is
/// acknowledged under its number.
struct SocketIOTransport: CameraTransport {
    private var socket: WebSocketOpening
    private let window: Int
    private let cameraID: String
    private var isConnected = false
    private var lastID = 0
    /// What is unanswered, by the number of its acknowledgement; nil stands for the registration.
    private var pending: [Int: Int64?] = [:]

    /// Begins the conversation; at most `window` reads are unanswered at one time.
    init(server: ServerAddress, cameraID: String, window: Int) {
        socket = WebSocketOpening(server: server, path: "/socket.io/?EIO=4&transport=websocket")
        self.cameraID = cameraID
        self.window = window
    }

    var takesReads: Bool { isConnected && pending.count < window }
    var isIdle: Bool { isConnected && pending.isEmpty }

    mutating func send(_ read: WaitingRead) { emit("lpr_data", read.json, about: read.number) }

    private mutating func emit(_ event: String, _ json: [UInt8], about number: Int64?) {
        lastID += 1
        pending[lastID] = .some(number)
        socket.send(text: Array("42\(lastID)[\"\(event)\",".utf8) + json + [0x5D])
    }

    mutating func receive(_ bytes: [UInt8]) throws(TransportFault) -> [Answer] {
        var found: [Answer] = []
        for message in try socket.receive(bytes) {
            switch message {
            case .text(let packet):
                if let answer = try take(packet[...]) { found.append(answer) }
            case .binary: throw TransportFault(description: "the server sends binary messages")
            case .pong: break
            case .close(let status):
                if let answer = try Answer(closing: status, pending.values.compactMap(\.self)) {
                    found.append(answer)
                }
            }
        }
        return found
    }

    /// One packet of Engine.IO; an answer where it is an acknowledgement.
    private mutating func take(_ packet: ArraySlice<UInt8>) throws(TransportFault) -> Answer? {
        switch packet.first {
        case UInt8(ascii: "0"): socket.send(text: Array("40".utf8))
        case UInt8(ascii: "1"): throw TransportFault(description: "the server ends the session")
        case UInt8(ascii: "2"): socket.send(text: [UInt8(ascii: "3")] + packet.dropFirst())
        case UInt8(ascii: "4"): return try takeMessage(packet.dropFirst())
        default: break
        }
        return nil
    }

    /// One packet of Socket.IO.
    private mutating func takeMessage(
        _ packet: ArraySlice<UInt8>
    ) throws(TransportFault) -> Answer? {
        switch packet.first {
        case UInt8(ascii: "0"):
            isConnected = true
            var writer = JSONWriter()
            writer.object { $0.field("camera_id", cameraID) }
            emit("camera_register", writer.bytes, about: nil)
        case UInt8(ascii: "1"): throw TransportFault(description: "the server disconnects")
        case UInt8(ascii: "3"): return try acknowledgement(packet.dropFirst())
        case UInt8(ascii: "4"):
            let reason = (try? JSONParser.parse(Array(packet.dropFirst())))?.text("message")
            throw TransportFault(description: "the server refuses: \(reason ?? "no reason given")")
        // Events are for people who watch; the answers of a camera are acknowledgements.
        default: break
        }
        return nil
    }

    /// `43<id>[…]`: what came is the object that the event of the answer carries.
    private mutating func acknowledgement(
        _ packet: ArraySlice<UInt8>
    ) throws(TransportFault) -> Answer {
        let digits = packet.prefix { (0x30...0x39).contains($0) }
        guard let id = Int(String(decoding: digits, as: UTF8.self)),
            let number = pending.removeValue(forKey: id),
            case .array(let values)? = try? JSONParser.parse(Array(packet.dropFirst(digits.count)))
        else { throw TransportFault(description: "the server sent an unexpected message") }
        // The registration's answer is told by its event; here it only says that the server is there.
        guard number != nil else { return Answer(number: nil, verdict: .kept(isDuplicate: false)) }
        return Answer(number: number, verdict: Verdict(socketAnswer: values.first ?? .null))
    }

    mutating func takeOutput() -> [UInt8] { socket.takeOutput() }

    mutating func sayGoodbye() {
        if isConnected { socket.send(text: Array("41".utf8)) }
        socket.close()
    }
}
