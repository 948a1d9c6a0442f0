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

    func store() throws -> Store {
        try Store(
            path: settings.databasePath,
            calendar: settings.calendar,
            limits: settings.limits
        )
    }

    /// Runs the service until it is asked to stop.
    func serve() async throws {
        // Addresses are checked before anything is opened: a wrong one must change nothing.
        let address = try ListenAddress(settings.listenAddress)
        let cameraAddress = try ListenAddress(settings.cameraListenAddress)
        let lock = try ProcessLock(databasePath: settings.databasePath)
        defer { lock.release() }
        let store = try store()
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
        let monitor = HealthMonitor(store: store, recorder: recorder) {
            [publisher.serviceState, Composition.state(of: events)]
        }
        let backend = Backend(
            store: store,
            recorder: recorder,
            events: events,
            monitor: monitor,
            logger: logger
        )
        let router = Router(
            routes: Routes.all(backend),
            fallback: StaticFiles(
                pagesPath: settings.site.publicPath,
                picturesPath: settings.picturesPath
            )
        )
        let memory = BodyMemory(bytesMax: settings.limits.bodyMemoryMax)
        let listeners = [
            listener(address, settings.port, .main, router, memory),
            listener(cameraAddress, settings.cameraPort, .gateway, router, memory),
        ]
        let housekeeping = HousekeepingService(
            housekeeping: Housekeeping(
                recorder: recorder,
                monitor: monitor,
                checkMinutes: settings.healthCheckMinutes,
                logger: logger
            )
        )
        // A taken port is said at once, before the rest starts.
        let ports = try listeners.map { try $0.start() }
        logger.notice(
            "serving",
            metadata: [
                "pages": "http://\(address.text):\(ports[0])",
                "cameras": "\(cameraAddress.text):\(ports[1])",
            ]
        )
        // Stopped from the last to the first: listeners take nothing new, then followers end.
        let group = ServiceGroup(
            services: [publisher, housekeeping, events] + listeners,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        try await group.run()
        await recorder.stop()
        try store.close()
        logger.notice("stopped")
    }

    private func listener(
        _ address: ListenAddress,
        _ port: Int,
        _ kind: Listeners,
        _ router: Router,
        _ memory: BodyMemory
    ) -> Listener {
        Listener(
            ListenerOptions(
                address: address,
                port: port,
                kind: kind,
                router: router,
                gate: Gate(listenAddress: address.text, allowedHosts: settings.allowedHosts),
                limits: settings.limits,
                bodyMemory: memory,
                logger: logger
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

/// What is done by the clock, until the service stops.
private struct HousekeepingService: Service {
    let housekeeping: Housekeeping

    func run() async throws {
        await cancelWhenGracefulShutdown { await housekeeping.run() }
    }
}
