internal import Core

/// What is served over Socket.IO; everything is called on the gateway's thread.
protocol SocketIOApplication: AnyObject {
    /// Whether there is such a namespace.
    func serves(_ namespace: String) -> Bool
    func connected(_ socket: SocketIOSocket, payload: JSON)
    func received(_ event: SocketIOEvent, from socket: SocketIOSocket)
    func disconnected(_ socket: SocketIOSocket)
    /// A client's connection is closed for what it did.
    func closing(_ client: ClientAddress, _ sockets: [SocketIOSocket], because refusal: Refusal)
}

/// An event with its arguments.
struct SocketIOEvent {
    let name: String
    let arguments: [JSON]
    /// What the placeholders in the arguments stand for.
    let attachments: [[UInt8]]
    /// Which acknowledgement the client asked for.
    let ackID: Int?
}

/// One client's connection to one namespace.
final class SocketIOSocket {
    let id = SessionID.make()
    let namespace: String
    /// Nil once it is over.
    fileprivate(set) weak var client: SocketIOClient?
    /// Where it connects from.
    let peer: ClientAddress

    fileprivate init(
        namespace: String,
        client: SocketIOClient,
        peer: ClientAddress
    ) {
        self.namespace = namespace
        self.client = client
        self.peer = peer
    }

    /// The client by the current credentials; nil once the connection has ended, also because the client is no longer
    /// admitted.
    var principal: Principal? { client?.principal }

    func emit(_ name: String, _ arguments: [JSON], attachments: [[UInt8]] = []) {
        let kind: SocketIOPacket.Kind = attachments.isEmpty ? .event : .binaryEvent
        let payload = JSON.array([.string(name)] + arguments)
        send(SocketIOPacket(kind, namespace: namespace, payload: payload), attachments)
    }

    func acknowledge(_ id: Int, _ arguments: [JSON], attachments: [[UInt8]] = []) {
        let kind: SocketIOPacket.Kind = attachments.isEmpty ? .ack : .binaryAck
        send(
            SocketIOPacket(kind, namespace: namespace, id: id, payload: .array(arguments)),
            attachments
        )
    }

    /// Sends the serialized text of an event, which is built once for all members of a room.
    func send(prepared text: [UInt8]) { client?.send(text) }

    private func send(_ packet: SocketIOPacket, _ attachments: [[UInt8]]) {
        var packet = packet
        packet.attachments = attachments.count
        client?.send(packet.text, attachments)
    }
}

/// Socket.IO 5 over one Engine.IO session.
///
/// Lives on the gateway's thread.
final class SocketIOClient: EngineHandler {
    private let application: any SocketIOApplication
    private let loop: SocketLoop
    private let connectMilliseconds: Int64
    private let bounds: SocketIOBounds
    private var session: EngineSession?
    private var sockets: [String: SocketIOSocket] = [:]
    private var wasConnected = false
    private var connectTimer: SocketTimer?
    /// A packet whose attachments are still on the way.
    private var partial: (packet: SocketIOPacket, attachments: [[UInt8]])?
    private var attachmentBytes = 0
    private var attachmentTimer: SocketTimer?

    init(
        application: any SocketIOApplication,
        loop: SocketLoop,
        connectMilliseconds: Int64,
        bounds: SocketIOBounds = SocketIOBounds()
    ) {
        self.application = application
        self.loop = loop
        self.connectMilliseconds = connectMilliseconds
        self.bounds = bounds
    }

    func opened(_ session: EngineSession) {
        self.session = session
        connectTimer = loop.after(connectMilliseconds) { [weak self] in
            self?.fail("no CONNECT packet in time")
        }
    }

    func received(message: [UInt8]) {
        guard partial == nil else { return fail("a text message where attachments are due") }
        guard let packet = SocketIOPacket(message, bounds: bounds) else {
            return fail("an invalid Socket.IO packet, or one over the limits")
        }
        guard packet.attachments > 0 else { return take(packet, []) }
        attachmentBytes = 0
        partial = (packet, [])
        attachmentTimer = loop.after(connectMilliseconds) { [weak self] in
            self?.fail("attachments did not arrive in time")
        }
    }

    func received(binary: [UInt8]) {
        attachmentBytes += binary.count
        guard attachmentBytes <= bounds.attachmentBytesMax else {
            let refusal = Refusal.messageTooLarge(bounds.attachmentBytesMax)
            session?.close(because: refusal)
            return
        }
        partial?.attachments.append(binary)
        guard let partial else { return fail("an attachment that no packet announced") }
        guard partial.attachments.count == partial.packet.attachments else { return }
        self.partial = nil
        attachmentTimer?.cancel()
        take(partial.packet, partial.attachments)
    }

    func closing(because refusal: Refusal) {
        guard let session else { return }
        application.closing(session.client, Array(sockets.values), because: refusal)
    }

    func closed() {
        connectTimer?.cancel()
        attachmentTimer?.cancel()
        partial = nil
        session = nil
        for socket in sockets.values {
            socket.client = nil
            application.disconnected(socket)
        }
        sockets = [:]
    }

    fileprivate var principal: Principal? { session?.principal() }

    fileprivate func send(_ text: [UInt8], _ attachments: [[UInt8]] = []) {
        session?.send(.message(text))
        for attachment in attachments { session?.send(.binary(attachment)) }
    }

    private func take(_ packet: SocketIOPacket, _ attachments: [[UInt8]]) {
        if packet.kind == .connect { return connect(packet) }
        guard let socket = sockets[packet.namespace] else {
            // What is still on its way after a disconnection is no offence.
            if !wasConnected || packet.kind != .disconnect {
                fail("a packet of a namespace that was not connected")
            }
            return
        }
        switch packet.kind {
        case .event, .binaryEvent:
            guard case .array(let arguments)? = packet.payload,
                case .string(let name)? = arguments.first
            else { return fail("an event without a name") }
            let event = SocketIOEvent(
                name: name,
                arguments: Array(arguments.dropFirst()),
                attachments: attachments,
                ackID: packet.id
            )
            application.received(event, from: socket)
        case .disconnect:
            sockets[packet.namespace] = nil
            socket.client = nil
            application.disconnected(socket)
        case .ack, .binaryAck: break
        case .connect, .connectError: fail("a packet that only a server sends")
        }
    }

    private func connect(_ packet: SocketIOPacket) {
        guard sockets[packet.namespace] == nil else { return }
        guard application.serves(packet.namespace) else {
            let message = JSON.object([JSON.Member("message", .string("Invalid namespace"))])
            return send(
                SocketIOPacket(.connectError, namespace: packet.namespace, payload: message).text
            )
        }
        guard isAdmitted(packet) else { return }
        wasConnected = true
        connectTimer?.cancel()
        let socket = SocketIOSocket(
            namespace: packet.namespace,
            client: self,
            peer: session?.client ?? .loopback
        )
        sockets[packet.namespace] = socket
        let answer = JSON.object([JSON.Member("sid", .string(socket.id))])
        send(SocketIOPacket(.connect, namespace: packet.namespace, payload: answer).text)
        application.connected(socket, payload: packet.payload ?? .object([]))
    }

    /// Whether the client is admitted by its transport, or by `auth: {token}` in this packet.
    ///
    /// A refused one is told so once, and its session ends.
    private func isAdmitted(_ packet: SocketIOPacket) -> Bool {
        do throws(Refusal) {
            // What has another form is for another system.
            if case .string(let token)? = packet.payload?["token"],
                token.hasPrefix(Secret.Kind.token.rawValue)
            {
                try session?.admit(byToken: token)
            }
            guard let principal = session?.principal() else { return false }
            guard principal.may(.connect) else { throw .credentialNeeded }
            return true
        } catch {
            let message = JSON.object([
                JSON.Member("message", .string(error.message)),
                JSON.Member("data", .object([JSON.Member("code", .string(error.code))])),
            ])
            send(
                SocketIOPacket(.connectError, namespace: packet.namespace, payload: message).text
            )
            session?.close(because: error)
            return false
        }
    }

    private func fail(_ what: String) { session?.close(because: .breach(what)) }
}
