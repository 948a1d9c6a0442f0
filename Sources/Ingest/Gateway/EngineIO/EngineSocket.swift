internal import Core

/// A WebSocket that carries Engine.IO: from the beginning, or as the upgrade of a polling session.
///
/// Lives on the gateway's thread.
final class EngineSocket: WebSocketHandler {
    private enum State {
        /// A session begins with the socket.
        case new((WebSocket) -> EngineSession)
        /// The client must prove that frames pass, with `2probe`.
        case unproved(EngineSession)
        /// It has, and must say when it has moved, with `5`.
        case probed(EngineSession)
        case carrying(EngineSession)
        case over
    }

    private var state: State
    private var socket: WebSocket?

    /// A socket with which a session begins.
    init(begin: @escaping (WebSocket) -> EngineSession) { state = .new(begin) }

    /// A socket that wants to carry a session.
    init(upgrading session: EngineSession) { state = .unproved(session) }

    /// Whether the session's client is about to move here.
    var isProbing: Bool { if case .probed = state { true } else { false } }

    func opened(_ socket: WebSocket) {
        self.socket = socket
        switch state {
        case .new(let begin):
            // The session asks for nothing of this handler before it has begun.
            state = .over
            let session = begin(socket)
            state = session.isClosed ? .over : .carrying(session)
        case .unproved(let session):
            if !session.beginUpgrade(self) {
                state = .over
                socket.close(1_008)
            }
        case .probed, .carrying, .over: break
        }
    }

    func received(text: [UInt8]) {
        guard let packet = EnginePacket(text: text[...]) else { return fail() }
        switch (state, packet) {
        case (.unproved(let session), .ping(let data)) where data == Array("probe".utf8):
            state = .probed(session)
            socket?.send(text: EnginePacket.pong(data).text)
            session.probed()
        case (.probed(let session), .upgrade):
            guard let socket else { return }
            state = .carrying(session)
            session.upgrade(to: socket)
        case (.carrying(let session), _): session.receive(packet)
        default: fail()
        }
    }

    func received(binary: [UInt8]) {
        guard case .carrying(let session) = state else { return fail() }
        session.receive(.binary(binary))
    }

    func closing(because refusal: Refusal) {
        switch state {
        case .carrying(let session): session.close(because: refusal)
        // The session goes on polling.
        case .unproved(let session), .probed(let session): session.tell(of: refusal)
        case .new, .over: break
        }
    }

    func closed() {
        let last = state
        state = .over
        socket = nil
        switch last {
        case .unproved(let session), .probed(let session), .carrying(let session):
            session.lost(self)
        case .new, .over: break
        }
    }

    func abort() {
        state = .over
        socket?.abort()
    }

    private func fail() {
        closing(because: .breach("an invalid or unexpected Engine.IO packet"))
        if case .carrying = state { return }
        socket?.close(1_008)
    }
}
