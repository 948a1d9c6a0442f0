public import Core
internal import Logging
public import ServiceLifecycle

/// What can be chosen about the gateway.
public struct GatewayOptions: Sendable {
    /// Engine.IO's heartbeat and bounds.
    public var engine = EngineOptions()
    /// Maximum number of plain WebSockets.
    public var plainSocketsMax = 10_000
    /// Milliseconds of silence after which a plain WebSocket is pinged; after twice as long it is cut.
    public var plainPingMilliseconds: Int64 = 30_000

    /// The defaults.
    public init() {}
}

/// The camera gateway: Socket.IO and plain WebSocket beside the HTTP routes of a listener.
///
/// Everything that is said on a socket takes the same path as over HTTP, and everything that changes
/// here changes on one thread.
public final class Gateway: Service {
    private let loop: SocketLoop
    private let engine: EngineServer
    private let rooms: Rooms
    private let plain: WebSocketCameras
    private let stopSeconds: Int
    private let payloadBytesMax: Int

    /// Prepares the gateway and starts its thread.
    ///
    /// Throws ``ListenError`` where the system has no descriptor left.
    public init(
        _ backend: Backend,
        log: any EventLog,
        options: GatewayOptions = GatewayOptions(),
        metrics: GatewayMetrics = GatewayMetrics()
    ) throws(ListenError) {
        let loop = try SocketLoop()
        let messages = CameraMessageHandler(backend: backend)
        let presence = CameraPresence(recorder: backend.recorder, logger: backend.logger)
        let rooms = Rooms(log: log, loop: loop, logger: backend.logger)
        let cameras = SocketIOCameras(
            messages: messages,
            presence: presence,
            rooms: rooms,
            loop: loop
        )
        self.loop = loop
        self.rooms = rooms
        stopSeconds = backend.limits.stopSeconds
        let bounds = SocketIOBounds(
            attachmentBytesMax: options.engine.payloadBytesMax,
            depthMax: backend.limits.jsonDepthMax,
            valuesMax: backend.limits.messageValuesMax
        )
        engine = EngineServer(
            loop: loop,
            options: options.engine,
            logger: backend.logger,
            metrics: metrics
        ) {
            SocketIOClient(
                application: cameras,
                loop: loop,
                connectMilliseconds: options.engine.connectMilliseconds,
                bounds: bounds
            )
        }
        plain = WebSocketCameras(
            messages: messages,
            presence: presence,
            loop: loop,
            options: options,
            metrics: metrics
        )
        payloadBytesMax = options.engine.payloadBytesMax
    }

    /// What the gateway answers: Socket.IO, and WebSocket at `/ws` and, on the cameras' port, `/`.
    public var routes: [Route] {
        let engine = engine
        let plain = plain
        let action = Route.Action.direct { engine.take($0, $1) }
        return [
            Route(
                .get,
                "/socket.io/",
                needs: .openSocket,
                on: .all,
                admitsOwnPages: true,
                action: action
            ),
            Route(
                .post,
                "/socket.io/",
                needs: .openSocket,
                on: .all,
                bodyLimit: payloadBytesMax,
                admitsOwnPages: true,
                action: action
            ),
            Route(
                .options,
                "/socket.io/",
                needs: .openSocket,
                on: .all,
                admitsOwnPages: true,
                action: action
            ),
            Route(
                .get,
                "/ws",
                needs: .connect,
                on: .all,
                admitsOwnPages: true,
                action: .direct { plain.take($0, $1) }
            ),
            Route(
                .get,
                "/",
                needs: .connect,
                on: .gateway,
                admitsOwnPages: true,
                action: .direct { plain.take($0, $1) }
            ),
        ]
    }

    /// Serves until the service stops; then every client is closed with 1001 and may reconnect at once.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.rooms.follow() }
            group.addTask { try? await gracefulShutdown() }
            await group.next()
            group.cancelAll()
        }
        await stop()
    }

    private func stop() async {
        loop.run { _ in
            self.engine.endAll()
            self.plain.endAll()
        }
        // Goodbyes take a round trip; a client that does not answer is not waited for long.
        for _ in 0..<(stopSeconds * 20) {
            let left = await withCheckedContinuation { continuation in
                loop.run {
                    continuation.resume(returning: $0.socketCount)
                } orElse: {
                    continuation.resume(returning: 0)
                }
            }
            if left == 0 { break }
            try? await Task.sleep(for: .milliseconds(50))
        }
        await loop.stop()
    }
}
