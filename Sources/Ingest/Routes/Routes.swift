public import Core
public import Logging

/// The dependencies of the routes.
public struct Backend: Sendable {
    let store: any StoreReader
    let recorder: Recorder
    let events: EventStream
    let monitor: HealthMonitor
    let logger: Logger
    /// Records refusals; shared by the listeners and run as a service.
    public let refusals: Refusals
    let decoder: ReadDecoder
    let intake: Intake
    /// Keeps questions about plates.
    public let lookUps: LookUps

    /// Makes the dependencies.
    public init(
        store: any StoreReader,
        recorder: Recorder,
        events: EventStream,
        monitor: HealthMonitor,
        logger: Logger,
        cameraTime: CameraTime = .utc,
        purpose: PurposeRule = .off
    ) {
        self.store = store
        self.recorder = recorder
        self.events = events
        self.monitor = monitor
        self.logger = logger
        refusals = Refusals(
            limits: store.limits,
            logger: logger,
            recorder: recorder
        )
        decoder = ReadDecoder(limits: store.limits, clock: cameraTime)
        intake = Intake(recorder: recorder)
        lookUps = LookUps(recorder, rule: purpose)
    }

    var limits: Limits { store.limits }
    /// The current time, by the service's clock.
    var now: Timestamp { recorder.clock() }
}

/// The table of all routes, except static files.
public enum Routes {
    /// The limit of a body with a few fields.
    private static let small = 64 * 1_024

    /// All routes: method, path, permission, listeners, body limit.
    public static func all(_ backend: Backend, _ access: AccessControl) -> [Route] {
        records(backend) + blacklist(backend) + cameras(backend) + health(backend) + audit(backend)
            + AccessRoutes.all(backend, access) + [
                Route(.get, "/events", needs: .read, query: .events) { (request) throws(Refusal) in
                    try backend.events.subscribe(request)
                },
                Route(.get, "/api/openapi.json", needs: .read) { _ in OpenAPIDocument.response },
            ]
    }

    private static func records(_ backend: Backend) -> [Route] {
        let routes = RecordRoutes(backend: backend)
        let large = backend.limits.bodyBytesMax
        let create = Route.Action.direct(routes.create)
        return [
            Route(.post, "/api/records", needs: .send, on: .all, bodyLimit: large, action: create),
            Route(.get, "/api/records", needs: .read, query: .records, routes.list),
            Route(.get, "/api/records/{id}", needs: .read, query: .lookUp, routes.get),
            Route(.delete, "/api/records/{id}", needs: .deleteRecords, routes.delete),
            Route(
                .put,
                "/api/records/{id}/pictures/{kind}",
                needs: .send,
                on: .all,
                bodyLimit: backend.limits.pictureBytesMax,
                routes.putPicture
            ),
            Route(
                .post,
                "/api/pictures",
                needs: .send,
                on: .all,
                bodyLimit: backend.limits.pictureBytesMax,
                routes.postPicture
            ),
            Route(.get, "/api/statistics", needs: .read, on: .all, routes.statistics),
        ]
    }

    private static func blacklist(_ backend: Backend) -> [Route] {
        let routes = BlacklistRoutes(backend: backend)
        let large = backend.limits.bodyBytesMax
        return [
            Route(.get, "/api/blacklist", needs: .read, query: .blacklist, routes.list),
            Route(.post, "/api/blacklist", needs: .manageBlacklist, bodyLimit: large, routes.add),
            Route(
                .delete,
                "/api/blacklist/{id}",
                needs: .manageBlacklist,
                query: .removal,
                routes.remove
            ),
            Route(.get, "/api/blacklist/statistics", needs: .read, routes.statistics),
            Route(
                .get,
                "/api/blacklist/detections",
                needs: .read,
                query: .hours,
                routes.detections
            ),
        ]
    }

    private static func audit(_ backend: Backend) -> [Route] {
        let routes = AuditRoutes(backend: backend)
        return [
            Route(.get, "/api/audit", needs: .administer, query: .audit, routes.list),
            Route(.get, "/api/audit/verification", needs: .administer, routes.verify),
        ]
    }

    private static func cameras(_ backend: Backend) -> [Route] {
        let routes = CameraRoutes(backend: backend)
        let register = "/api/cameras/register"
        let large = backend.limits.bodyBytesMax
        return [
            Route(.get, "/api/cameras", needs: .read, routes.list),
            Route(.post, register, needs: .send, on: .all, bodyLimit: small, routes.register),
            Route(
                .post,
                "/api/detection",
                needs: .send,
                on: .all,
                bodyLimit: large,
                routes.detect
            ),
            Route(.post, "/api/health", needs: .send, on: .all, bodyLimit: small, routes.report),
        ]
    }

    private static func health(_ backend: Backend) -> [Route] {
        let routes = HealthRoutes(backend: backend)
        let cleanUp = "/health/database/cleanup"
        return [
            Route(.get, "/api/test", needs: .connect, on: .all, routes.test),
            Route(.get, "/health/status", needs: .read, routes.status),
            Route(.post, "/health/check", needs: .checkHealth, routes.check),
            Route(.get, "/health/history", needs: .read, query: .hours, routes.history),
            Route(.get, "/health/database/stats", needs: .read, routes.databaseStatistics),
            Route(.post, cleanUp, needs: .administer, bodyLimit: small, routes.cleanUp),
            Route(.post, "/health/database/optimize", needs: .administer, routes.optimize),
            Route(.get, "/healthz", needs: .probe, on: .all, routes.liveness),
            Route(.get, "/readyz", needs: .probe, on: .all, routes.readiness),
        ]
    }
}
