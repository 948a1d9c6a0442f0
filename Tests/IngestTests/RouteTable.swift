import Foundation
import Logging

@testable import Core
@testable import Ingest

/// The table of routes over a store that is thrown away.
enum RouteTable {
    static func routes() async throws -> [Route] {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let calendar = SiteCalendar(timeZone: .gmt)
        let store = try Store(path: folder.appending(path: "t.db").path, calendar: calendar)
        let pictures = try PictureFolder(path: folder.appending(path: "i").path, calendar: calendar)
        let feed = Feed()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let recorder = try Recorder(
            store: store,
            pictures: pictures,
            feed: feed,
            logger: logger,
            clock: Timestamp.now
        )
        let backend = Backend(
            store: store,
            recorder: recorder,
            events: EventStream(
                log: StoredEventLog(store: store, feed: feed),
                limits: store.limits,
                logger: logger
            ),
            monitor: HealthMonitor(store: store, recorder: recorder) { [] },
            logger: logger
        )
        let routes = Routes.all(backend)
        await recorder.stop()
        try store.close()
        return routes
    }
}
