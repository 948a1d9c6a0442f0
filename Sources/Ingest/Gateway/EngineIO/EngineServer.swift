internal import Core
internal import Logging
internal import Synchronization

/// The sessions of one Engine.IO path, and the HTTP side of the protocol.
///
/// Lives on the gateway's thread; requests are posted there by ``take(_:_:)``.
///
/// SAFETY: `@unchecked Sendable` because everything that changes is touched on the gateway's thread only;
/// other threads hold the reference to hand requests over, through the loop.
@safe final class EngineServer: @unchecked Sendable {
    private let loop: SocketLoop
    private let options: EngineOptions
    private let logger: Logger
    private let metrics: GatewayMetrics
    private let makeHandler: () -> any EngineHandler
    private var sessions: [String: EngineSession] = [:] {
        didSet { metrics.sessions.store(sessions.count, ordering: .relaxed) }
    }
    private var addresses: [String: Int] = [:]
    private var isStopping = false
    private var lastFullWarning = Int64.min

    init(
        loop: SocketLoop,
        options: EngineOptions,
        logger: Logger,
        metrics: GatewayMetrics,
        makeHandler: @escaping () -> any EngineHandler
    ) {
        self.loop = loop
        self.options = options
        self.logger = logger
        self.metrics = metrics
        self.makeHandler = makeHandler
    }

    /// Answers a request, on any thread.
    func take(_ request: Request, _ responder: Responder) {
        loop.run { _ in
            self.answer(request, CrossOrigin.responder(for: request, around: responder))
        } orElse: {
            responder.send(refusal: Refusal(.busy, "the server is stopping"))
        }
    }

    private func answer(_ request: Request, _ responder: Responder) {
        guard !CrossOrigin.isForeign(request) else {
            return responder.send(EngineError.forbidden.response)
        }
        guard request.method != .options else {
            return responder.send(Response(status: 204))
        }
        let isUpgrade = WebSocketHandshake.isAsked(request)
        let transport = request.query["transport"]
        guard transport == "polling" || transport == "websocket" else {
            return responder.send(EngineError.unknownTransport.response)
        }
        guard (transport == "websocket") == isUpgrade else {
            return responder.send(EngineError.badRequest.response)
        }
        if let sid = request.query["sid"] {
            guard let session = sessions[sid], session.client.peer == request.client.peer,
                session.principal() != nil, session.belongs(to: request.principal)
            else {
                return responder.send(EngineError.unknownSession.response)
            }
            return continueSession(session, request, responder, isUpgrade: isUpgrade)
        }
        guard request.method == .get else {
            return responder.send(EngineError.badMethod.response)
        }
        guard request.query["EIO"] == "4" else {
            return responder.send(EngineError.unsupportedVersion.response)
        }
        guard !isStopping, hasRoom(for: request.client) else {
            return responder.send(EngineError.full)
        }
        begin(request, responder, isUpgrade: isUpgrade)
    }

    private func continueSession(
        _ session: EngineSession,
        _ request: Request,
        _ responder: Responder,
        isUpgrade: Bool
    ) {
        if isUpgrade {
            // Where the session cannot be upgraded (again), the new WebSocket is closed at once.
            return open(request, responder) { EngineSocket(upgrading: session) }
        }
        switch request.method {
        case .get: session.get(responder)
        case .post:
            let type = request.headers["Content-Type"] ?? ""
            guard !type.hasPrefix("application/octet-stream") else {
                return responder.send(EngineError.badRequest.response)
            }
            session.post(request.body, responder)
        default: responder.send(EngineError.badRequest.response)
        }
    }

    private func begin(_ request: Request, _ responder: Responder, isUpgrade: Bool) {
        if isUpgrade {
            return open(request, responder) {
                EngineSocket { socket in
                    let session = self.makeSession(request)
                    session.begin(on: socket)
                    return session
                }
            }
        }
        makeSession(request).begin(responder)
    }

    private func open(
        _ request: Request,
        _ responder: Responder,
        _ makeSocket: @escaping () -> EngineSocket
    ) {
        // SAFETY: the closure runs on the gateway's thread, where it was made.
        nonisolated(unsafe) let makeSocket = makeSocket
        let upgrade = WebSocketUpgrade(
            loop: loop,
            limits: WebSocketLimits(messageBytesMax: options.payloadBytesMax),
            makeHandler: { unsafe makeSocket() }
        )
        do throws(Refusal) {
            responder.send(try WebSocketHandshake.answer(request, upgrade))
        } catch {
            responder.send(EngineError.badRequest.response)
        }
    }

    private func makeSession(_ request: Request) -> EngineSession {
        let address = request.client.logged
        addresses[address, default: 0] += 1
        let session = EngineSession(
            sid: SessionID.make(),
            request: request,
            loop: loop,
            options: options,
            handler: makeHandler()
        ) { [weak self] session in
            guard let self else { return }
            sessions[session.sid] = nil
            let left = (addresses[address] ?? 1) - 1
            addresses[address] = left > 0 ? left : nil
        }
        sessions[session.sid] = session
        return session
    }

    private func hasRoom(for client: ClientAddress) -> Bool {
        // Behind a proxy on this machine each of its clients counts by itself.
        let most = client.isThisMachine ? options.sessionsMax : options.sessionsPerAddressMax
        let hasRoom =
            sessions.count < options.sessionsMax && addresses[client.logged, default: 0] < most
        if !hasRoom, loop.now >= lastFullWarning &+ 60_000 {
            lastFullWarning = loop.now
            logger.warning(
                "a session was refused: there are too many",
                metadata: ["sessions": "\(sessions.count)", "most": "\(options.sessionsMax)"]
            )
        }
        return hasRoom
    }

    /// Ends all sessions; WebSockets are closed with 1001, so that clients reconnect at once.
    func endAll() {
        isStopping = true
        for session in Array(sessions.values) { session.close(status: 1_001) }
    }

    /// Packets as the answer to a poll.
    static func answer(_ packets: [EnginePacket]) -> Response {
        text(EnginePayload.encode(packets))
    }

    /// The answer to a POST.
    static var accepted: Response { text(Array("ok".utf8)) }

    private static func text(_ bytes: [UInt8]) -> Response {
        Response(
            status: 200,
            headers: [
                ("Content-Type", "text/plain; charset=UTF-8"), ("Cache-Control", "no-store"),
            ],
            body: .bytes(bytes)
        )
    }
}

/// Unguessable ids: 120 random bits as 20 characters of base64url (RFC 4648 §5).
enum SessionID {
    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
    )

    static func make() -> String {
        var random = SystemRandomNumberGenerator()
        return String(
            decoding: (0..<20).map { _ in digits[Int.random(in: 0..<64, using: &random)] },
            as: UTF8.self
        )
    }
}
