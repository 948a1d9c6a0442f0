public import Core
public import Logging

/// The dependencies of the routes.
public struct Backend: Sendable {
    let store: Store
    let recorder: Recorder
    let events: EventStream
    let monitor: HealthMonitor
    let logger: Logger
    /// Records refusals; shared by the listeners and run as a service.
    public let refusals: Refusals
    let decoder: ReadDecoder

    /// Makes the dependencies.
    public init(
        store: Store,
        recorder: Recorder,
        events: EventStream,
        monitor: HealthMonitor,
        logger: Logger,
        cameraTime: CameraTime = .utc
    ) {
        self.store = store
        self.recorder = recorder
        self.events = events
        self.monitor = monitor
        self.logger = logger
        refusals = Refusals(
            limits: store.limits,
            logger: logger,
            counts: RefusalCounts(recorder: recorder)
        )
        decoder = ReadDecoder(limits: store.limits, clock: cameraTime)
    }

    var limits: Limits { store.limits }
}

/// The table of all routes, except static files.
public enum Routes {
    /// The limit of a body with a few fields.
    private static let small = 64 * 1_024

    /// Every route: method, path, least role, listeners, bytes of a body.
    public static func all(_ backend: Backend) -> [Route] {
        records(backend) + blacklist(backend) + cameras(backend) + health(backend) + [
            Route(.get, "/events", role: .viewer, query: .events) { (request) throws(Refusal) in
                try backend.events.subscribe(request)
            },
            Route(.get, "/api/openapi.json", role: .viewer) { _ in OpenAPIDocument.response },
        ]
    }

    private static func records(_ backend: Backend) -> [Route] {
        let routes = RecordRoutes(backend: backend)
        let large = backend.limits.bodyBytesMax
        let create = Route.Action.direct(routes.create)
        return [
            Route(.post, "/api/records", role: .camera, on: .all, bodyLimit: large, action: create),
            Route(.get, "/api/records", role: .viewer, query: .records, routes.list),
            Route(.get, "/api/records/{id}", role: .viewer, routes.get),
            Route(.delete, "/api/records/{id}", role: .operator, routes.delete),
            Route(.get, "/api/statistics", role: .viewer, on: .all, routes.statistics),
        ]
    }

    private static func blacklist(_ backend: Backend) -> [Route] {
        let routes = BlacklistRoutes(backend: backend)
        let large = backend.limits.bodyBytesMax
        return [
            Route(.get, "/api/blacklist", role: .viewer, query: .blacklist, routes.list),
            Route(.post, "/api/blacklist", role: .operator, bodyLimit: large, routes.add),
            Route(.delete, "/api/blacklist/{id}", role: .operator, query: .removal, routes.remove),
            Route(.get, "/api/blacklist/statistics", role: .viewer, routes.statistics),
            Route(
                .get,
                "/api/blacklist/detections",
                role: .viewer,
                query: .hours,
                routes.detections
            ),
        ]
    }

    private static func cameras(_ backend: Backend) -> [Route] {
        let routes = CameraRoutes(backend: backend)
        let register = "/api/cameras/register"
        let large = backend.limits.bodyBytesMax
        return [
            Route(.get, "/api/cameras", role: .viewer, routes.list),
            Route(.post, register, role: .camera, on: .all, bodyLimit: small, routes.register),
            Route(
                .post,
                "/api/detection",
                role: .camera,
                on: .all,
                bodyLimit: large,
                routes.detect
            ),
            Route(.post, "/api/health", role: .camera, on: .all, bodyLimit: small, routes.report),
        ]
    }

    private static func health(_ backend: Backend) -> [Route] {
        let routes = HealthRoutes(backend: backend)
        let cleanUp = "/health/database/cleanup"
        return [
            Route(.get, "/api/test", role: .camera, on: .all, routes.test),
            Route(.get, "/health/status", role: .viewer, routes.status),
            Route(.post, "/health/check", role: .operator, routes.check),
            Route(.get, "/health/history", role: .viewer, query: .hours, routes.history),
            Route(.get, "/health/database/stats", role: .viewer, routes.databaseStatistics),
            Route(.post, cleanUp, role: .admin, bodyLimit: small, routes.cleanUp),
            Route(.post, "/health/database/optimize", role: .admin, routes.optimize),
            Route(.get, "/healthz", role: .camera, on: .all, routes.liveness),
            Route(.get, "/readyz", role: .camera, on: .all, routes.readiness),
        ]
    }
}
