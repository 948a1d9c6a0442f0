import Foundation
import Logging
import Testing

@testable import Core

@Suite struct StoredEventLogTests {
    /// A commit is in the database a moment before it is announced.
    @Test func aPageEndsWithWhatIsAnnounced() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let calendar = SiteCalendar(timeZone: .gmt)
        let store = try Store(path: folder.appending(path: "t.db").path, calendar: calendar)
        let recorder = try Recorder(
            store: store,
            pictures: PictureFolder(path: folder.appending(path: "i").path, calendar: calendar),
            feed: Feed(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: Timestamp.now
        )
        for number in 1...8 {
            let plate = try Plate("กข \(number)", limits: store.limits)
            _ = try await recorder.record(
                Read(cameraID: "C", plate: plate, receivedAt: .now(), limits: store.limits)
            )
        }
        let newest = try await store.read { try $0.newestEventID() }
        for announced in 0...newest + 1 {
            let log = StoredEventLog(
                store: store,
                feed: Feed(end: LogEnd(latestEventID: announced))
            )
            for limit in [1, 3, 100] {
                var told: [Int64] = []
                var position: Int64 = 0
                while position < min(announced, newest) {
                    let page = try await log.page(
                        after: position,
                        limit: limit,
                        filter: EventFilter(kinds: Set(Event.Kind.allCases))
                    )
                    try #require(page.end > position)
                    told += page.events.map(\.id)
                    position = page.end
                }
                #expect(told == Array(1...newest).filter { $0 <= announced })
            }
        }
        await recorder.stop()
        try store.close()
    }
}
