import Crypto
import Foundation
import HTTPClient
import Ingest

/// The client's opening handshake (RFC 6455 §4.1), and the frames that follow it.
struct WebSocketOpening {
    private let expected: String
    private var answers = HTTPAnswers()
    private var greeting: [UInt8]
    private let frames = ClientFrames()
    /// Whether the server has agreed.
    private(set) var isOpen = false

    /// Asks for a WebSocket at a path.
    init(server: ServerAddress, path: String) {
        let key = Data((0..<16).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
        let digest = Insecure.SHA1.hash(
            data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        )
        expected = Data(digest).base64EncodedString()
        let head =
            "GET \(server.path)\(path) HTTP/1.1\r\nHost: \(server.hostHeader)\r\n"
            + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: \(key)\r\n\r\n"
        greeting = Array(head.utf8)
    }

    /// Takes bytes of the server and returns the messages that are whole now.
    ///
    /// Throws ``TransportFault`` where the server does not agree, or breaks the protocol.
    mutating func receive(_ bytes: [UInt8]) throws(TransportFault) -> [WebSocketFrames.Message] {
        if isOpen { return try frames.receive(bytes) }
        answers.append(bytes)
        guard try agrees() else { return [] }
        isOpen = true
        // Frames may come in the same piece as the answer.
        return try frames.receive(answers.rest)
    }

    /// Whether the server has agreed; false as long as its answer is not complete.
    private mutating func agrees() throws(TransportFault) -> Bool {
        var refusal = answers
        guard let answer = try answers.next(headOnly: true) else { return false }
        if answer.status == 101 {
            guard answer.headers["sec-websocket-accept"] == expected else {
                throw TransportFault(description: "the server's handshake has a wrong accept key")
            }
            return true
        }
        guard let whole = try refusal.next() else {
            answers = refusal
            return false
        }
        throw TransportFault(
            description: whole.verdict.reason ?? "HTTP \(whole.status)",
            seconds: whole.retryAfter
        )
    }

    /// Sends one text message.
    func send(text: [UInt8]) { frames.send(text: text) }

    /// Says goodbye.
    func close() { frames.close() }

    /// Bytes that are to be written; they are handed over once.
    mutating func takeOutput() -> [UInt8] {
        defer { greeting = [] }
        // Frames would be premature before the server has agreed.
        return greeting + (isOpen ? frames.takeOutput() : [])
    }
}
