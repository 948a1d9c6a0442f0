import HTTPClient
import Ingest

/// The client's side of RFC 6455 after the handshake: bytes in, whole messages out.
final class ClientFrames {
    private static let messageBytesMax = 16 << 20

    private let frames = WebSocketFrames(.client, messageBytesMax: messageBytesMax)
    private var messages: [WebSocketFrames.Message] = []

    init() {
        frames.onMessage = { [unowned self] message in
            if message != .pong { messages.append(message) }
        }
    }

    /// Takes bytes of the server and returns the messages that are whole now.
    ///
    /// Throws ``TransportFault`` where they are no WebSocket frames.
    func receive(_ bytes: [UInt8]) throws(TransportFault) -> [WebSocketFrames.Message] {
        frames.receive(bytes)
        defer { messages = [] }
        let isGoodbye = messages.contains { if case .close = $0 { true } else { false } }
        // On a broken frame nothing more is read.
        guard !frames.isOver || isGoodbye else {
            throw TransportFault(description: "the server violates the WebSocket protocol")
        }
        return messages
    }

    /// Sends one text message.
    func send(text: [UInt8]) { frames.send(text: text) }

    /// Says goodbye.
    func close() { frames.close(1_000) }

    /// Bytes that are to be written; they are handed over once.
    func takeOutput() -> [UInt8] { frames.takeOutput() }
}
