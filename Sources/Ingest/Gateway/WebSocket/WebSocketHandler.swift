internal import Core

/// Who talks over a WebSocket; everything is called on the gateway's thread.
protocol WebSocketHandler: AnyObject {
    /// The handshake is over.
    func opened(_ socket: WebSocket)
    /// A text message came; it is valid UTF-8.
    func received(text: [UInt8])
    /// A binary message came.
    func received(binary: [UInt8])
    /// It will be closed for what the other end sent, or did not read; ``closed()`` follows.
    func closing(because refusal: Refusal)
    /// It is over; nothing more comes, and nothing more can be sent.
    func closed()
}

/// A connection that leaves HTTP, and who takes it over.
public struct WebSocketUpgrade: Sendable {
    let loop: SocketLoop
    let limits: WebSocketLimits
    /// Makes the handler, on the gateway's thread.
    let makeHandler: @Sendable () -> any WebSocketHandler

    /// Hands a socket over; the descriptor belongs to the loop from now on.
    ///
    /// `extra` arrived in the same segments as the request and is processed first.
    func take(_ descriptor: Int32, extra: [UInt8]) {
        let (limits, makeHandler) = (limits, makeHandler)
        loop.run { loop in
            let socket = WebSocket(descriptor, handler: makeHandler(), loop: loop, limits: limits)
            socket.begin(extra: extra)
        } orElse: {
            SocketLoop.closeDescriptor(descriptor)
        }
    }
}

/// The bounds of one WebSocket.
struct WebSocketLimits: Sendable {
    /// Maximum size of a message in bytes; a longer one closes the connection with 1009.
    var messageBytesMax: Int
    /// Maximum bytes of queued output; a client that does not read is disconnected.
    var outputBytesMax = 8 * 1_024 * 1_024
    /// Time limit for the peer's close frame, in milliseconds.
    var goodbyeMilliseconds: Int64 = 5_000
    /// Milliseconds of silence after which a ping is sent; nil if the handler has its own heartbeat.
    var pingMilliseconds: Int64?
}
