import Core
import Foundation
import Ingest
import Logging
import ServiceLifecycle
import SiteGen
import UnixSignals

/// The one place where the parts are tied together.
struct Composition {
    let settings: Settings
    let logger: Logger

    init(_ settings: Settings) throws {
        self.settings = settings
        let handle = try LineLogHandler.handle(path: settings.logFile)
        let level = settings.logLevel
        logger = Logger(label: "lprserver") { label in
            LineLogHandler(label: label, level: level, handle: handle)
        }
    }

    func store(besideService: Bool = false) throws -> Store {
        try Store(
            path: settings.databasePath,
            calendar: settings.calendar,
            limits: settings.limits,
            besideService: besideService,
            announce: { logger.notice("\($0)") }
        )
    }

    /// Runs the service until it is asked to stop.
    func serve() async throws {
        // Addresses are checked before anything is opened: a wrong one must change nothing.
        let address = try ListenAddress(settings.listenAddress)
        let cameraAddress = try ListenAddress(
            forCameras: settings.cameraListenAddress,
            in: settings.cameraNetworks
        )
        try settings.site.checkTemplates()
        let lock = try ProcessLock(databasePath: settings.databasePath)
        defer { lock.release() }
        let store = try store()
        logger.notice("database opened", metadata: ["sqlite": "\(Store.sqliteVersion)"])
        let pictures = try PictureFolder(path: settings.picturesPath, calendar: settings.calendar)
        let feed = Feed()
        let recorder = try Recorder(store: store, pictures: pictures, feed: feed, logger: logger)
        let publisher = Publisher(
            store: store,
            recorder: recorder,
            feed: feed,
            options: settings.site,
            logger: logger
        )
        let events = EventStream(
            log: StoredEventLog(store: store, feed: feed),
            limits: settings.limits,
            logger: logger
        )
        let figures = GatewayMetrics()
        let monitor = HealthMonitor(store: store, recorder: recorder) {
            [publisher.serviceState, Composition.state(of: events), figures.serviceState]
        }
        let backend = Backend(
            store: store,
            recorder: recorder,
            events: events,
            monitor: monitor,
            logger: logger,
            cameraTime: CameraTime(local: settings.cameraCalendar)
        )
        let gateway = try Gateway(
            backend,
            log: StoredEventLog(store: store, feed: feed),
            options: settings.gateway,
            figures: figures
        )
        let router = router(Routes.all(backend) + gateway.routes)
        let housekeeping = HousekeepingService(
            housekeeping: Housekeeping(
                recorder: recorder,
                monitor: monitor,
                checkMinutes: settings.healthCheckMinutes,
                logger: logger
            )
        )
        let listeners = try listen(
            on: [(address, .main), (cameraAddress, .gateway)],
            router,
            backend.refusals
        )
        // Stopped from the last to the first: listeners take nothing new, then followers end.
        let group = ServiceGroup(
            services: [publisher, backend.refusals, housekeeping, events, gateway] + listeners,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        try await group.run()
        await recorder.stop()
        try store.close()
        logger.notice("stopped")
    }

    /// The routes, and behind them the pages and pictures of a machine without nginx.
    private func router(_ routes: [Route]) -> Router {
        Router(
            routes: routes,
            fallback: StaticFiles(
                pagesPath: settings.site.publicPath,
                picturesPath: settings.picturesPath
            )
        )
    }

    /// Starts the listeners: a taken port is said at once, before the rest starts.
    private func listen(
        on addresses: [(ListenAddress, Listeners)],
        _ router: Router,
        _ refusals: Refusals
    ) throws -> [Listener] {
        let memory = BodyMemory(bytesMax: settings.limits.bodyMemoryMax)
        let credentials = Credentials(
            CredentialSnapshot(cameraNetworks: settings.cameraNetworks)
        )
        return try addresses.map { address, kind in
            var options = ListenerOptions(
                address: address,
                port: kind == .main ? settings.port : settings.cameraPort,
                kind: kind,
                router: router,
                gate: Gate(
                    credentials,
                    listener: kind,
                    listenAddress: address.text,
                    allowedHosts: settings.allowedHosts
                ),
                limits: settings.limits,
                bodyMemory: memory,
                logger: logger
            )
            options.refusals = refusals
            let listener = Listener(options)
            let port = try listener.start()
            logger.notice(
                kind == .main ? "serving pages and REST" : "serving cameras",
                metadata: ["at": "http://\(address.text):\(port)"]
            )
            return listener
        }
    }

    private static func state(of events: EventStream) -> ServiceState {
        ServiceState(
            name: "events",
            status: .pass,
            message: "Running",
            details: [JSON.Member("listeners", .number(Double(events.listenerCount)))]
        )
    }
}

/// What is done by the clock, until the service stops.
private struct HousekeepingService: Service {
    let housekeeping: Housekeeping

    func run() async throws {
        await cancelWhenGracefulShutdown { await housekeeping.run() }
    }
}
