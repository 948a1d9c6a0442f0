// The gateway's code is reached as tests reach it, which only a debug build allows.
#if DEBUG
    import Core
    import Logging
    import ServiceLifecycle

    @testable import Ingest

    /// The three echoes on one loop.
    final class GatewayEcho: Service {
        private let loop: SocketLoop
        private let routes: [Route]
        private let logger: Logger

        init(_ options: EngineOptions, logger: Logger) throws {
            let loop = try SocketLoop()
            self.loop = loop
            self.logger = logger
            let metrics = GatewayMetrics()
            let engine = EngineServer(
                loop: loop,
                options: options,
                logger: logger,
                metrics: metrics
            ) {
                EngineEcho()
            }
            let application = SocketIOEcho(loop: loop)
            let sockets = EngineServer(
                loop: loop,
                options: options,
                logger: logger,
                metrics: metrics
            ) {
                SocketIOClient(
                    application: application,
                    loop: loop,
                    connectMilliseconds: options.connectMilliseconds
                )
            }
            routes =
                GatewayEcho.routes("/engine.io/", engine, options)
                + GatewayEcho.routes("/socket.io/", sockets, options)
                + [GatewayEcho.webSocket(loop)]
        }

        private static func routes(
            _ path: String,
            _ server: EngineServer,
            _ options: EngineOptions
        ) -> [Route] {
            let action = Route.Action.direct { server.take($0, $1) }
            return [
                Route(.get, path, needs: .connect, on: .all, action: action),
                Route(
                    .post,
                    path,
                    needs: .connect,
                    on: .all,
                    bodyLimit: options.payloadBytesMax,
                    action: action
                ),
                Route(.put, path, needs: .connect, on: .all, bodyLimit: 1_024, action: action),
                Route(.options, path, needs: .connect, on: .all, action: action),
            ]
        }

        private static func webSocket(_ loop: SocketLoop) -> Route {
            Route(.get, "/echo", needs: .connect, on: .all) { (request) throws(Refusal) in
                // The public WebSocket suite sends messages of 16 MiB.
                let limits = WebSocketLimits(
                    messageBytesMax: 20 << 20,
                    outputBytesMax: 64 << 20,
                    goodbyeMilliseconds: 1_000
                )
                let upgrade = WebSocketUpgrade(
                    loop: loop,
                    limits: limits,
                    makeHandler: { WebSocketEcho() }
                )
                return try WebSocketHandshake.answer(request, upgrade)
            }
        }

        func listener(port: Int) throws -> Listener {
            var limits = Limits()
            limits.stopSeconds = 1
            return Listener(
                ListenerOptions(
                    place: .network(try ListenAddress("127.0.0.1"), port: port),
                    kind: .gateway,
                    router: Router(routes: routes),
                    gate: Gate(Credentials(clock: Timestamp.now)),
                    limits: limits,
                    bodyMemory: BodyMemory(bytesMax: 256 << 20),
                    logger: logger
                )
            )
        }

        func run() async throws {
            try? await gracefulShutdown()
            await loop.stop()
        }
    }

    /// Each message comes back as it went.
    private final class WebSocketEcho: WebSocketHandler {
        private var socket: WebSocket?

        func opened(_ socket: WebSocket) { self.socket = socket }
        func received(text: [UInt8]) { socket?.send(text: text) }
        func received(binary: [UInt8]) { socket?.send(binary: binary) }
        func closing(because refusal: Refusal) {}
        func closed() { socket = nil }
    }

    /// Each message of Engine.IO comes back as it went.
    private final class EngineEcho: EngineHandler {
        private var session: EngineSession?

        func opened(_ session: EngineSession) { self.session = session }
        func received(message: [UInt8]) { session?.send(.message(message)) }
        func received(binary: [UInt8]) { session?.send(.binary(binary)) }
        func closing(because refusal: Refusal) {}
        func closed() { session = nil }
    }

    /// What the public Socket.IO suite expects of its server.
    private final class SocketIOEcho: SocketIOApplication {
        private let loop: SocketLoop

        init(loop: SocketLoop) { self.loop = loop }

        func serves(_ namespace: String) -> Bool { namespace == "/" || namespace == "/custom" }

        /// A moment later: the suite's client loses a message that arrives in one piece with another.
        func connected(_ socket: SocketIOSocket, payload: JSON) {
            loop.after(5) { socket.emit("auth", [payload]) }
        }

        func received(_ event: SocketIOEvent, from socket: SocketIOSocket) {
            switch event.name {
            case "message":
                socket.emit("message-back", event.arguments, attachments: event.attachments)
            case "message-with-ack":
                guard let id = event.ackID else { return }
                socket.acknowledge(id, event.arguments, attachments: event.attachments)
            default: break
            }
        }

        func disconnected(_ socket: SocketIOSocket) {}

        func closing(
            _ client: ClientAddress,
            _ sockets: [SocketIOSocket],
            because refusal: Refusal
        ) {}
    }
#endif
