import Core
import Foundation
import Ingest
import Logging
import ServiceLifecycle
import SiteGen
import UnixSignals

/// The composition root.
struct Composition {
    let settings: Settings
    let logger: Logger
    /// The service's clock; no other code reads the system clock.
    static let clock: ServiceClock = Timestamp.now

    /// Makes a composition; a quiet one logs nothing below a warning.
    init(_ settings: Settings, isQuiet: Bool = false) throws {
        self.settings = settings
        let handle = try LineLogHandler.handle(path: settings.logFile)
        let level = isQuiet ? max(settings.logLevel, .warning) : settings.logLevel
        logger = Logger(label: "lprserver") { label in
            LineLogHandler(label: label, level: level, handle: handle, clock: Composition.clock)
        }
    }

    func store(besideService: Bool = false, finishesReindex: Bool = true) throws -> Store {
        try Store(
            path: settings.databasePath,
            calendar: settings.calendar,
            limits: settings.limits,
            besideService: besideService,
            finishesReindex: finishesReindex,
            announce: { logger.notice("\($0)") }
        )
    }

    /// Runs the service until it is stopped.
    func serve() async throws {
        let addresses = try checkSettings()
        let lock = try ProcessLock(databasePath: settings.databasePath)
        defer { lock.release() }
        let storage = try openStorage()
        let access = try makeAccess(storage)
        do {
            try check(addresses, hasAdmin: access.hasAdmin)
        } catch {
            try await close(storage)
            throw error
        }
        sayWhatIsPlain(addresses)
        try await storage.recorder.note(
            settings: settings.values.map { ($0.setting.name, $0.value.text) }
        )
        let followers = makeFollowers(of: storage)
        let monitor = makeMonitor(storage, followers)
        let backend = makeBackend(storage, followers, monitor)
        let gateway = try makeGateway(storage, followers, backend)
        let router = makeRouter(Routes.all(backend, access) + gateway.routes, backend.lookUps)
        let listeners = try startListeners(
            on: addresses,
            router,
            access.credentials,
            backend.refusals,
            storage.recorder
        )
        let housekeeping = makeHousekeeping(storage, monitor)
        async let startCheck: Void = checkStart(storage)
        // Stopped from the last to the first: listeners take nothing new, then followers end.
        try await run(
            [
                followers.publisher, backend.refusals, housekeeping, access, followers.events,
                gateway,
            ]
                + listeners
        )
        await startCheck
        try await close(storage)
    }

    /// The store and the recorder.
    struct Storage {
        let store: Store
        let recorder: Recorder
        let log: StoredEventLog
    }

    /// The followers of the event log, and the health check.
    struct Followers {
        let publisher: Publisher
        let events: EventStream
        let metrics = GatewayMetrics()
    }

    func openStorage() throws -> Storage {
        let store = try store()
        logger.notice("database opened", metadata: ["sqlite": "\(Store.sqliteVersion)"])
        let feed = Feed()
        let recorder = try Recorder(
            store: store,
            pictures: PictureFolder(path: settings.picturesPath, calendar: settings.calendar),
            feed: feed,
            logger: logger,
            clock: Composition.clock
        )
        return Storage(
            store: store,
            recorder: recorder,
            log: StoredEventLog(store: store, feed: feed)
        )
    }

    func makeFollowers(of storage: Storage) -> Followers {
        Followers(
            publisher: Publisher(
                store: storage.store,
                recorder: storage.recorder,
                log: storage.log,
                options: settings.site,
                logger: logger
            ),
            events: EventStream(log: storage.log, limits: settings.limits, logger: logger)
        )
    }

    /// The people, tokens and sessions that are stored, and a file beside the database as long as clients on this
    /// machine need no credential: by it nginx knows what to serve while the service is down.
    func makeAccess(_ storage: Storage) throws -> AccessControl {
        let stored = try storage.store.readAndWait { try $0.storedCredentials() }
        let openFile = settings.databasePath + ".open"
        let logger = logger
        var snapshot = CredentialSnapshot(
            options: settings.access,
            cameraNetworks: settings.cameraNetworks,
            stored: stored
        )
        snapshot.signInProxies = settings.signInProxies
        return AccessControl(
            credentials: Credentials(snapshot, clock: Composition.clock),
            recorder: storage.recorder,
            logger: logger,
            siteName: settings.site.name
        ) { isOpen in
            do {
                try OpenFile.set(isOpen, at: openFile)
            } catch {
                logger.error(
                    "nginx cannot be told who needs a credential",
                    metadata: ["file": "\(openFile)", "error": "\(error)"]
                )
            }
        }
    }

    func makeMonitor(_ storage: Storage, _ followers: Followers) -> HealthMonitor {
        HealthMonitor(store: storage.store, recorder: storage.recorder) {
            [
                followers.publisher.serviceState, Composition.state(of: followers.events),
                followers.metrics.serviceState,
            ]
        }
    }

    func makeBackend(
        _ storage: Storage,
        _ followers: Followers,
        _ monitor: HealthMonitor
    ) -> Backend {
        Backend(
            store: storage.store,
            recorder: storage.recorder,
            events: followers.events,
            monitor: monitor,
            logger: logger,
            cameraTime: CameraTime(local: settings.cameraCalendar),
            purpose: settings.purpose
        )
    }

    private func makeGateway(
        _ storage: Storage,
        _ followers: Followers,
        _ backend: Backend
    ) throws -> Gateway {
        try Gateway(
            backend,
            log: storage.log,
            options: settings.gateway,
            metrics: followers.metrics
        )
    }

    /// Checks the database beside the service; then what only a start needs memory for is done.
    private func checkStart(_ storage: Storage) async {
        await StartCheck(
            store: storage.store,
            picturesPath: settings.picturesPath,
            logger: logger
        ).run()
        FreeMemory.returnToSystem()
    }

    private func makeHousekeeping(_ storage: Storage, _ monitor: HealthMonitor)
        -> HousekeepingService
    {
        HousekeepingService(
            housekeeping: Housekeeping(
                recorder: storage.recorder,
                monitor: monitor,
                checkMinutes: settings.healthCheckMinutes,
                logger: logger
            )
        )
    }

    private func run(_ services: [any Service]) async throws {
        let group = ServiceGroup(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        try await group.run()
    }

    /// Queued work is still written.
    func close(_ storage: Storage) async throws {
        await storage.recorder.stop()
        try storage.store.close()
        logger.notice("stopped")
    }

    /// The routes, and behind them the pages and pictures of a machine without nginx.
    private func makeRouter(_ routes: [Route], _ lookUps: LookUps) -> Router {
        Router(
            routes: routes,
            fallback: StaticFiles(
                pagesPath: settings.site.publicPath,
                picturesPath: settings.picturesPath,
                lookUps: lookUps
            )
        )
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

/// Runs periodic work until the service stops.
private struct HousekeepingService: Service {
    let housekeeping: Housekeeping

    func run() async throws {
        await cancelWhenGracefulShutdown { await housekeeping.run() }
    }
}
