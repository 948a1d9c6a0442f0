import Foundation
import GRDB
import Seeded
import Testing

@testable import Core

@Suite struct RecorderTests {
    @Test func aReadIsKeptWithItsPictureEventAndCounters() async throws {
        let site = try TestSite()
        let receipt = try await site.recorder.record(site.read(picture: TestSite.png))
        let (record, statistics, events) = try await site.store.read { snapshot in
            (
                try snapshot.record(id: receipt.recordID), try snapshot.statistics(),
                try snapshot.events(after: 0, limit: 10)
            )
        }
        let kept = try #require(record)
        #expect(kept.plate.text == "กข 1234")
        #expect(kept.confidence?.sent == 0.95)
        let path = try #require(kept.picturePath)
        #expect(!path.contains("1234"))
        let bytes = try Data(contentsOf: site.folder.appending(path: "images/\(path)"))
        #expect(Array(bytes) == TestSite.png)
        #expect(statistics.today.reads == 1)
        #expect(statistics.hours.map(\.reads).reduce(0, +) == 1)
        #expect(statistics.cameras.map(\.id) == ["CAM001"])
        #expect(events.map(\.kind) == [.stats, .camera, .read])
        #expect(site.feed.latestEventID == events.last?.id)
        try await site.close()
    }

    @Test func theWriterIsFullySynchronous() async throws {
        let site = try TestSite()
        let level = try await site.recorder.change { writer in
            try writer.pragma("synchronous")
        }
        #expect(level == 2)
        try await site.close()
    }

    @Test func aDuplicateIsAcknowledgedWithTheFirstID() async throws {
        let site = try TestSite()
        let first = try await site.recorder.record(site.read(eventID: "e1", picture: TestSite.png))
        let again = try await site.recorder.record(
            site.read("XX 9", eventID: "e1", picture: TestSite.png)
        )
        let other = try await site.recorder.record(site.read(camera: "CAM002", eventID: "e1"))
        #expect(again.recordID == first.recordID && again.isDuplicate && !first.isDuplicate)
        #expect(other.recordID != first.recordID)
        let total = try await site.store.read { try $0.statistics().total.reads }
        #expect(total == 2)
        #expect(site.pictures.pictures(of: site.calendar.day(of: .now())).count == 1)
        try await site.close()
    }

    @Test func duplicatesInOneBatchAreFound() async throws {
        let site = try TestSite()
        let reads = try (0..<10).map { _ in try site.read(eventID: "same") }
        let receipts = try await site.recorder.record(reads)
        #expect(Set(receipts.map(\.recordID)).count == 1)
        #expect(receipts.map(\.isDuplicate) == [false] + Array(repeating: true, count: 9))
        try await site.close()
    }

    @Test func whatWasKeptSurvivesARestart() async throws {
        let site = try TestSite()
        let receipt = try await site.recorder.record(site.read(eventID: "e"))
        await site.recorder.stop()
        try site.store.close()
        let again = try TestSite(folder: site.folder)
        let duplicate = try await again.recorder.record(again.read(eventID: "e"))
        #expect(duplicate.recordID == receipt.recordID && duplicate.isDuplicate)
        try await again.close()
    }

    @Test func noIDIsGivenTwice() async throws {
        let site = try TestSite()
        let first = try await site.recorder.record([site.read("กข 1"), site.read("กข 2")])
        for receipt in first {
            try await site.recorder.deleteRecord(id: receipt.recordID, by: .system)
        }
        await site.recorder.stop()
        try site.store.close()
        let again = try TestSite(folder: site.folder)
        let next = try await again.recorder.record(again.read("กข 3"))
        #expect(next.recordID == 3)
        try await again.close()
    }

    /// Also after a restart, and only for the read that was deleted.
    @Test func aDeletedReadThatIsSentAgainDoesNotComeBack() async throws {
        let site = try TestSite()
        let first = try await site.recorder.record(site.read(eventID: "e1"))
        try await site.recorder.deleteRecord(id: first.recordID, by: .system)
        let again = try await site.recorder.record(site.read(eventID: "e1", picture: TestSite.png))
        #expect(again.recordID == first.recordID && again.isDuplicate)
        let other = try await site.recorder.record(site.read(eventID: "e2"))
        #expect(!other.isDuplicate)
        await site.recorder.stop()
        try site.store.close()
        let reopened = try TestSite(folder: site.folder)
        let later = try await reopened.recorder.record(reopened.read(eventID: "e1"))
        #expect(later.isDuplicate)
        #expect(try await reopened.store.read { try $0.statistics() }.total.reads == 1)
        try await reopened.close()
    }

    @Test func aFullQueueIsRefusedAtOnce() async throws {
        var limits = Limits()
        limits.queueReadsMax = 1
        limits.commitReadsMax = 1
        let queue = WorkQueue(limits: limits)
        let site = try TestSite()
        let read = try site.read()
        #expect(queue.add(.read(PendingRead(read)) { _ in }) == nil)
        #expect(queue.add(.read(PendingRead(read)) { _ in })?.kind == .busy)
        #expect(queue.take(.commit)?.count == 1)
        #expect(queue.add(.read(PendingRead(read)) { _ in }) == nil)
        queue.close()
        #expect(queue.add(.read(PendingRead(read)) { _ in })?.kind == .busy)
        #expect(queue.take(.commit)?.count == 1)
        #expect(queue.take(.commit) == nil)
        try await site.close()
    }

    @Test func aNearlyFullDiskRefusesReadsButNotChanges() async throws {
        var limits = Limits()
        limits.diskFreeMin = .max
        let site = try TestSite(limits: limits)
        let read = try site.read()
        await #expect(throws: Refusal.self) { try await site.recorder.record(read) }
        let entry = try await site.recorder.addToBlacklist(site.draft("กข1234"), by: .system)
        #expect(entry == 1)
        try await site.close()
    }

    @Test func picturesThatCannotBeWrittenRefuseTheRead() async throws {
        let site = try TestSite()
        let images = site.folder.appending(path: "images")
        try FileManager.default.removeItem(at: images)
        try Data().write(to: images)
        let read = try site.read(picture: TestSite.png)
        let refusal = await #expect(throws: Refusal.self) { try await site.recorder.record(read) }
        #expect(refusal?.kind == .storage)
        let plain = try await site.recorder.record(site.read())
        #expect(plain.recordID == 1)
        try await site.close()
    }

    @Test func aReadOfTheFutureIsFlaggedAndFiledByItsReceipt() async throws {
        let site = try TestSite()
        let receipt = try await site.recorder.record(site.read(seen: "2099-01-01T00:00:00Z"))
        let record = try #require(try await site.store.read { try $0.record(id: receipt.recordID) })
        #expect(record.claimedTime?.rfc3339 == "2099-01-01T00:00:00.000Z")
        #expect(record.seenAt == record.receivedAt)
        #expect(record.json.contains(#""timestamp":"\#(record.receivedAt.rfc3339)""#))
        #expect(record.json.contains(#""camera_timestamp":"2099-01-01T00:00:00.000Z""#))
        #expect(record.json.contains(#""clock_ahead":true,"clock_behind":false"#))
        try await site.close()
    }

    /// The read that waited least tells most of a clock; what it showed counts for ten minutes.
    @Test func aCamerasClockIsMeasured() async throws {
        let site = try TestSite()
        let offset = { () async throws -> Int64? in
            try await site.store.read { try $0.cameras().first?.clockOffsetMilliseconds }
        }
        _ = try await site.recorder.record(site.read())
        #expect(try await offset() == nil)
        for seconds in [-7_200, 180, -30, 120] {
            let seen = Timestamp.now().adding(seconds: seconds).rfc3339
            _ = try await site.recorder.record(site.read(seen: seen))
        }
        let ahead = try #require(try await offset())
        #expect((170_000...180_000).contains(ahead))
        let old = Timestamp.now().adding(seconds: -601).milliseconds
        try await site.recorder.change { writer in
            try writer.db.execute(
                sql: "UPDATE cameras SET clock_measured = ?",
                arguments: [old]
            )
        }
        _ = try await site.recorder.record(
            site.read(seen: Timestamp.now().adding(seconds: -30).rfc3339)
        )
        #expect(try await offset() ?? 0 < -20_000)
        try await site.close()
    }

    /// As after a lost clock: before 2015, or before what is kept.
    @Test(arguments: [0, 30])
    func aReadOfALostClockIsFlaggedAndFiledByItsReceipt(retentionDays: Int) async throws {
        var limits = Limits()
        limits.retentionDays = retentionDays
        let site = try TestSite(limits: limits)
        let long = Timestamp.now().adding(seconds: -40 * 86_400)
        let claimed = retentionDays == 0 ? "2000-01-01T01:00:00.000Z" : long.rfc3339
        let receipt = try await site.recorder.record(site.read(seen: claimed))
        let record = try #require(try await site.store.read { try $0.record(id: receipt.recordID) })
        #expect(record.seenAt == record.receivedAt)
        #expect(record.claimedTime?.rfc3339 == claimed)
        #expect(record.json.contains(#""clock_ahead":false,"clock_behind":true"#))
        try await site.close()
    }

    @Test func deletingTakesPictureCountersAlertAndEventsAway() async throws {
        let site = try TestSite()
        _ = try await site.recorder.addToBlacklist(site.draft("กข1234"), by: .system)
        let receipt = try await site.recorder.record(site.read(picture: TestSite.png))
        try await site.recorder.deleteRecord(id: receipt.recordID, by: .system)
        let (statistics, events) = try await site.store.read {
            (try $0.statistics(), try $0.events(after: 0, limit: 100))
        }
        #expect(statistics.total == Statistics.Count() && statistics.today == Statistics.Count())
        #expect(!events.contains { $0.kind == .read || $0.kind == .alert })
        #expect(events.last?.kind == .stats)
        #expect(site.pictures.pictures(of: site.calendar.day(of: .now())).isEmpty)
        await #expect(throws: Refusal.self) {
            try await site.recorder.deleteRecord(id: receipt.recordID, by: .system)
        }
        try await site.close()
    }

    @Test func retentionGoesByReceiptNotByTheCamerasClock() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(site.read(seen: "1999-01-01T00:00:00Z"))
        #expect(try await site.recorder.removeOld(days: 1, by: .system).records == 0)
        #expect(try await site.recorder.removeOld(days: 0, by: .system).records == 1)
        try await site.close()
    }

    @Test func aDeletionTellsTheDaysCamerasAndPlates() async throws {
        let site = try TestSite()
        let seen = [("กข 1", "CAM1", "2026-01-02"), ("กข 2", "CAM2", "2026-01-03")]
        for (plate, camera, day) in seen {
            let read = try site.read(plate, camera: camera, seen: "\(day)T05:00:00Z")
            _ = try await site.recorder.record(read)
        }
        let (before, plates) = try await site.store.read {
            (try $0.newestEventID(), try Int64.fetchAll($0.db, sql: "SELECT id FROM plates"))
        }
        for id in 1...2 { try await site.recorder.deleteRecord(id: Int64(id), by: .system) }
        let changes = try await site.store.read { try $0.changes(after: before, limit: 100) }
        #expect(changes.rewrittenDays.map(\.description).sorted() == seen.map(\.2))
        #expect(changes.rewrittenCameras == ["CAM1", "CAM2"])
        #expect(changes.rewrittenPlates == Set(plates))
        #expect(plates.count == 2)
        try await site.close()
    }

    @Test func theEventLogIsBounded() async throws {
        var limits = Limits()
        limits.eventLogMax = 100
        let site = try TestSite(limits: limits)
        for _ in 0..<30 {
            _ = try await site.recorder.record((0..<100).map { _ in try site.read() })
        }
        let (oldest, newest) = try await site.store.read {
            (try $0.oldestEventID(), try $0.newestEventID())
        }
        #expect(newest - (try #require(oldest)) < 1_200)
        try await site.close()
    }

    @Test func silentCamerasAreDisconnectedAndComeBack() async throws {
        var limits = Limits()
        limits.cameraSilentSeconds = -60
        let site = try TestSite(limits: limits)
        _ = try await site.recorder.record(site.read())
        try await site.recorder.disconnectSilentCameras()
        #expect(try await site.store.read { try $0.camera(id: "CAM001")?.isConnected } == false)
        _ = try await site.recorder.record(site.read())
        #expect(try await site.store.read { try $0.camera(id: "CAM001")?.isConnected } == true)
        let changes = try await site.store.read {
            try $0.events(after: 0, limit: 100, kinds: [.camera]).map { event in
                try JSONParser.parse(Array(event.json.utf8))["change"]
            }
        }
        #expect(changes == [.string("appeared"), .string("disconnected"), .string("connected")])
        try await site.close()
    }

    /// Whatever is done in whatever order, the counters say what the records say.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func countersEqualTheRecords(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let site = try TestSite()
        var ids: [Int64] = []
        for _ in 0..<25 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let plate = "กข \(Int.random(in: 1...4, using: &random))"
                _ = try? await site.recorder.addToBlacklist(site.draft(plate), by: .system)
            case 1 where !ids.isEmpty:
                let index = Int.random(in: 0..<ids.count, using: &random)
                try await site.recorder.deleteRecord(id: ids.remove(at: index), by: .system)
            default:
                let reads = try (0..<Int.random(in: 1...5, using: &random)).map { _ in
                    try site.read(
                        "กข \(Int.random(in: 1...4, using: &random))",
                        camera: "C\(Int.random(in: 1...3, using: &random))",
                        seen:
                            "2026-0\(Int.random(in: 1...9, using: &random))-11T1\(Int.random(in: 0...9, using: &random)):00:00Z",
                        eventID: "\(Int.random(in: 1...60, using: &random))"
                    )
                }
                let receipts = try await site.recorder.record(reads)
                ids.append(contentsOf: receipts.filter { !$0.isDuplicate }.map(\.recordID))
            }
        }
        try site.expectSound()
        let kept = try await site.store.read {
            try Int.fetchOne($0.db, sql: "SELECT SUM(reads) FROM hours")
        }
        #expect(kept ?? 0 == ids.count)
        try await site.close()
    }
}
