internal import Core

/// Who talks over an Engine.IO session; everything is called on the gateway's thread.
protocol EngineHandler: AnyObject {
    func opened(_ session: EngineSession)
    func received(message: [UInt8])
    func received(binary: [UInt8])
    /// The session will be closed for what its client did, and ``closed()`` follows, or a WebSocket is that should have
    /// carried it.
    func closing(because refusal: Refusal)
    func closed()
}

/// One Engine.IO 4 session, over polling, over WebSocket, or on the way from the one to the other.
///
/// Lives on the gateway's thread.
final class EngineSession {
    /// How packets travel.
    private enum Transport {
        case polling
        case webSocket(WebSocket)
    }

    /// Milliseconds that a poll may be pending: less than what a listener waits for any answer, and
    /// than what proxies wait.
    private static let pollMilliseconds: Int64 = 50_000
    /// Milliseconds within which a poll may have overtaken the client's word that it has moved.
    private static let moveMilliseconds: Int64 = 100

    let sid: String
    private var admission: SessionAdmission
    private let loop: SocketLoop
    private let options: EngineOptions
    private var handler: (any EngineHandler)?
    private var transport = Transport.polling
    private(set) var isClosed = false
    private var poll: Responder?
    private var pollSince: Int64 = 0
    private var isPosting = false
    private var outbox: [EnginePacket] = []
    private var outboxBytes = 0
    private var heartbeat: SocketTimer?
    private var awaitsPong = false
    private var probe: EngineSocket?
    private let onClose: (EngineSession) -> Void

    init(
        sid: String,
        request: Request,
        loop: SocketLoop,
        options: EngineOptions,
        handler: any EngineHandler,
        onClose: @escaping (EngineSession) -> Void
    ) {
        self.sid = sid
        admission = SessionAdmission(request.admission)
        self.loop = loop
        self.options = options
        self.handler = handler
        self.onClose = onClose
    }

    /// Its client's address.
    var client: ClientAddress { admission.client }

    /// Its client by the current credentials; nil if it is no longer admitted, which closes the session.
    func principal() -> Principal? {
        guard !isClosed else { return nil }
        do throws(Refusal) {
            return try admission.renewed()
        } catch {
            close(status: 1_008, because: error)
            return nil
        }
    }

    /// Whether a request of the transport is from the client that began the session.
    func belongs(to principal: Principal) -> Bool { admission.belongs(to: principal) }

    /// Admits the client by a token that it shows in a message; throws ``Refusal`` if it is not valid.
    func admit(byToken text: String) throws(Refusal) { try admission.admit(byToken: text) }

    /// Whether the session still polls: such a session may be upgraded, once.
    var polls: Bool { if case .polling = transport { true } else { false } }

    /// Begins over polling: the answer to the first GET.
    func begin(_ responder: Responder) {
        responder.send(EngineServer.answer([.open(handshake(upgrades: true))]))
        start()
    }

    /// Begins over a WebSocket.
    func begin(on socket: WebSocket) {
        transport = .webSocket(socket)
        socket.send(text: EnginePacket.open(handshake(upgrades: false)).text)
        start()
    }

    private func start() {
        schedulePing()
        handler?.opened(self)
    }

    private func handshake(upgrades: Bool) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("sid", sid)
            writer.key("upgrades")
            writer.array(of: upgrades ? ["websocket"] : []) { $0.value($1) }
            writer.field("pingInterval", options.pingMilliseconds)
            writer.field("pingTimeout", options.pongMilliseconds)
            writer.field("maxPayload", options.payloadBytesMax)
        }
        return writer.bytes
    }

    // MARK: - Sending

    func send(_ packet: EnginePacket) {
        guard !isClosed else { return }
        if case .webSocket(let socket) = transport {
            if case .binary(let bytes) = packet {
                socket.send(binary: bytes)
            } else {
                socket.send(text: packet.text)
            }
            return
        }
        outbox.append(packet)
        outboxBytes += packet.size
        guard outboxBytes <= options.outboxBytesMax else { return close(because: .unread) }
        answerPoll()
    }

    private func answerPoll() {
        guard let poll, !outbox.isEmpty else { return }
        self.poll = nil
        // What does not fit into one answer waits for the next poll.
        var count = 0
        var bytes = 0
        for packet in outbox {
            bytes += packet.size
            if count > 0, bytes > options.payloadBytesMax { break }
            count += 1
        }
        let packets = Array(outbox.prefix(count))
        outbox.removeFirst(count)
        outboxBytes = outbox.reduce(0) { $0 + $1.size }
        poll.send(EngineServer.answer(packets))
    }

    // MARK: - Polling

    /// A GET: answered when there is something; two at once end the session.
    func get(_ responder: Responder) {
        guard polls else { return responder.send(EngineError.badRequest.response) }
        if let poll {
            self.poll = nil
            poll.send(EngineServer.answer([.close]))
            responder.send(EngineError.badRequest.response)
            return close(because: .breach("two polls at once"))
        }
        poll = responder
        pollSince = loop.now
        if outbox.isEmpty, probe?.isProbing == true { probed() } else { answerPoll() }
        // A heartbeat comes earlier, unless it was set to be rare.
        if options.pingMilliseconds > Self.pollMilliseconds {
            releasePoll(after: Self.pollMilliseconds)
        }
    }

    /// A POST: packets of the client; two at once, or a body that holds none, end the session.
    func post(_ body: [UInt8], _ responder: Responder) {
        // One that was still on its way when the session moved to a WebSocket ends nothing.
        guard polls else { return responder.send(EngineError.badRequest.response) }
        guard !isPosting, let packets = EnginePayload.decode(body) else {
            responder.send(EngineError.badRequest.response)
            return close(because: .breach("a body without Engine.IO packets"))
        }
        isPosting = true
        for packet in packets where !isClosed { receive(packet) }
        isPosting = false
        responder.send(EngineServer.accepted)
    }

    /// Ends the poll that is pending now, if it still is then.
    private func releasePoll(after milliseconds: Int64) {
        guard let held = poll else { return }
        loop.after(milliseconds) { [weak self] in
            guard let self, poll === held else { return }
            releasePoll()
        }
    }

    private func releasePoll() {
        poll?.send(EngineServer.answer([.noop]))
        poll = nil
    }

    // MARK: - WebSocket

    /// A WebSocket wants to carry this session; false where another one tries already.
    func beginUpgrade(_ socket: EngineSocket) -> Bool {
        guard polls, !isClosed, probe == nil else { return false }
        probe = socket
        loop.after(options.upgradeMilliseconds) { [weak self, weak socket] in
            guard let self, let socket, probe === socket else { return }
            probe = nil
            socket.abort()
        }
        return true
    }

    /// The probe has arrived: the pending poll ends, so that the client may pause polling.
    ///
    /// Two connections race here. A poll that is young is held a moment (the reference server does so,
    /// too): the client may have moved already, and then it was wrong to poll.
    func probed() {
        if isPollYoung { releasePoll(after: Self.moveMilliseconds) } else { releasePoll() }
    }

    private var isPollYoung: Bool { loop.now - pollSince < Self.moveMilliseconds }

    /// The client has moved: what waits goes over the WebSocket.
    func upgrade(to socket: WebSocket) {
        probe = nil
        transport = .webSocket(socket)
        if isPollYoung {
            poll?.send(EngineError.badRequest.response)
            poll = nil
        }
        releasePoll()
        let waiting = outbox
        (outbox, outboxBytes) = ([], 0)
        for packet in waiting { send(packet) }
    }

    /// A WebSocket of this session is closed.
    func lost(_ socket: EngineSocket) {
        if probe === socket { probe = nil } else { close() }
    }

    // MARK: - Receiving

    func receive(_ packet: EnginePacket) {
        guard principal() != nil else { return }
        switch packet {
        // An unsolicited pong prolongs nothing, and starts no timer.
        case .pong: if awaitsPong { schedulePing() }
        case .message(let text): handler?.received(message: text)
        case .binary(let bytes): handler?.received(binary: bytes)
        case .close:
            releasePoll()
            close()
        case .open, .ping, .upgrade:
            close(because: .breach("an Engine.IO packet that only a server sends"))
        case .noop: break
        }
    }

    // MARK: - Heartbeat and end

    private func schedulePing() {
        heartbeat?.cancel()
        awaitsPong = false
        let due = loop.now + options.pingMilliseconds
        heartbeat = loop.after(options.pingMilliseconds) { [weak self] in
            guard let self, !isClosed else { return }
            awaitsPong = true
            send(.ping([]))
            // A ping that was late must not make the answer's end later, too.
            let left = max(0, due + options.pongMilliseconds - loop.now)
            heartbeat = loop.after(left) { [weak self] in self?.close() }
        }
    }

    /// Notes that a WebSocket that should have carried the session is closed for what the client did.
    func tell(of refusal: Refusal) { handler?.closing(because: refusal) }

    /// Ends the session; its sid is unknown from now on.
    ///
    /// `status` is the WebSocket's goodbye, `refusal` what the client did, where that is why.
    func close(status: Int = 1_000, because refusal: Refusal? = nil) {
        guard !isClosed else { return }
        isClosed = true
        if let refusal { handler?.closing(because: refusal) }
        heartbeat?.cancel()
        // A pending poll ends with what waits for it, and the protocol's close.
        poll?.send(EngineServer.answer(outbox + [.close]))
        poll = nil
        outbox = []
        probe?.abort()
        probe = nil
        if case .webSocket(let socket) = transport { socket.close(status) }
        onClose(self)
        handler?.closed()
        handler = nil
    }
}
