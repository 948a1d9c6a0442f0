internal import Core
internal import Synchronization

/// The cameras on plain WebSockets.
///
/// Lives on the gateway's thread; requests are posted there by ``take(_:_:)``.
///
/// SAFETY: `@unchecked Sendable` because everything that changes is touched on the gateway's thread only;
/// other threads hold the reference to hand requests over, through the loop.
@safe final class WebSocketCameras: @unchecked Sendable {
    private let messages: CameraMessageHandler
    private let presence: CameraPresence
    private let loop: SocketLoop
    private let options: GatewayOptions
    private let metrics: GatewayMetrics
    private var cameras: [ObjectIdentifier: WebSocketCamera] = [:] {
        didSet { metrics.plainSockets.store(cameras.count, ordering: .relaxed) }
    }
    private var isStopping = false

    init(
        messages: CameraMessageHandler,
        presence: CameraPresence,
        loop: SocketLoop,
        options: GatewayOptions,
        metrics: GatewayMetrics
    ) {
        self.messages = messages
        self.presence = presence
        self.loop = loop
        self.options = options
        self.metrics = metrics
    }

    /// Answers a request, on any thread.
    func take(_ request: Request, _ responder: Responder) {
        guard WebSocketHandshake.isAsked(request) else {
            return responder.send(
                refusal: Refusal(
                    .invalid,
                    "this is a WebSocket for cameras; send reads by HTTP to /api/records",
                    field: "Upgrade"
                )
            )
        }
        loop.run { _ in
            self.open(request, responder)
        } orElse: {
            responder.send(refusal: Refusal(.busy, "the server is stopping"))
        }
    }

    private func open(_ request: Request, _ responder: Responder) {
        guard !isStopping, cameras.count < options.plainSocketsMax else {
            let most = options.plainSocketsMax
            return responder.send(
                refusal: Refusal(.busy, "\(most) cameras are connected already; try again later")
            )
        }
        let admission = request.admission
        let upgrade = WebSocketUpgrade(
            loop: loop,
            limits: WebSocketLimits(
                messageBytesMax: options.engine.payloadBytesMax,
                pingMilliseconds: options.plainPingMilliseconds
            ),
            makeHandler: { self.makeCamera(admission) }
        )
        do throws(Refusal) {
            responder.send(try WebSocketHandshake.answer(request, upgrade))
        } catch {
            responder.send(refusal: error)
        }
    }

    private func makeCamera(_ admission: Admission) -> WebSocketCamera {
        var key: ObjectIdentifier?
        let camera = WebSocketCamera(
            messages: messages,
            presence: presence,
            loop: loop,
            admission: admission
        ) { [weak self] in
            if let key { self?.cameras[key] = nil }
        }
        key = ObjectIdentifier(camera)
        cameras[ObjectIdentifier(camera)] = camera
        return camera
    }

    /// Closes all with 1001.
    func endAll() {
        isStopping = true
        for camera in Array(cameras.values) { camera.leave() }
    }
}
