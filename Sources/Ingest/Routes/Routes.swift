public import Core
public import Logging

/// What the routes need of the rest of the service.
public struct Backend: Sendable {
    let store: Store
    let recorder: Recorder
    let events: EventStream
    let monitor: HealthMonitor
    let logger: Logger

    /// Names the parts.
    public init(
        store: Store,
        recorder: Recorder,
        events: EventStream,
        monitor: HealthMonitor,
        logger: Logger
    ) {
        self.store = store
        self.recorder = recorder
        self.events = events
        self.monitor = monitor
        self.logger = logger
    }

    var limits: Limits { store.limits }
    var decoder: ReadDecoder { ReadDecoder(limits: limits) }
}

/// The table of everything that the service answers, page files aside.
public enum Routes {
    /// Every route: method, path, least role, listeners, bytes of a body.
    public static func all(_ backend: Backend) -> [Route] {
        let records = RecordRoutes(backend: backend)
        let blacklist = BlacklistRoutes(backend: backend)
        let health = HealthRoutes(backend: backend)
        let cameras = CameraRoutes(backend: backend)
        let limits = backend.limits
        let small = 64 * 1_024
        return [
            Route(
                .post,
                "/api/records",
                role: .camera,
                on: .all,
                bodyLimit: limits.bodyBytesMax,
                action: .direct(records.create)
            ),
            Route(.get, "/api/records", role: .viewer, records.list),
            Route(.get, "/api/records/{id}", role: .viewer, records.get),
            Route(.delete, "/api/records/{id}", role: .operator, records.delete),
            Route(.get, "/api/statistics", role: .viewer, on: .all, records.statistics),

            Route(.get, "/api/blacklist", role: .viewer, blacklist.list),
            Route(.post, "/api/blacklist", role: .operator, bodyLimit: small, blacklist.add),
            Route(.delete, "/api/blacklist/{id}", role: .operator, blacklist.remove),
            Route(.get, "/api/blacklist/statistics", role: .viewer, blacklist.statistics),
            Route(.get, "/api/blacklist/detections", role: .viewer, blacklist.detections),

            Route(
                .post,
                "/api/cameras/register",
                role: .camera,
                on: .all,
                bodyLimit: small,
                cameras.register
            ),
            Route(.get, "/api/cameras", role: .viewer, cameras.list),
            Route(
                .post,
                "/api/detection",
                role: .camera,
                on: .all,
                bodyLimit: limits.bodyBytesMax,
                cameras.detect
            ),
            Route(
                .post,
                "/api/health",
                role: .camera,
                on: .all,
                bodyLimit: small,
                cameras.report
            ),
            Route(.get, "/api/test", role: .camera, on: .all, health.test),

            Route(.get, "/health/status", role: .viewer, health.status),
            Route(.post, "/health/check", role: .operator, health.check),
            Route(.get, "/health/history", role: .viewer, health.history),
            Route(.get, "/health/database/stats", role: .viewer, health.databaseStatistics),
            Route(
                .post,
                "/health/database/cleanup",
                role: .admin,
                bodyLimit: small,
                health.cleanUp
            ),
            Route(.post, "/health/database/optimize", role: .admin, health.optimize),
            Route(.get, "/healthz", role: .camera, on: .all, health.liveness),
            Route(.get, "/readyz", role: .camera, on: .all, health.readiness),

            Route(.get, "/events", role: .viewer) { (request) throws(Refusal) in
                try backend.events.subscribe(request)
            },
            Route(.get, "/api/openapi.json", role: .viewer) { _ in OpenAPIDocument.response },
        ]
    }
}
