import GRDB
import Testing

@testable import Core

/// What the health check says, and what the publisher is woken by.
@Suite struct HealthMonitorTests {
    @Test func theDatabaseNamesItsSQLite() async throws {
        let site = try TestSite()
        let details = await look(site)[.database]?.details
        let used = try await site.store.read {
            try String.fetchOne($0.db, sql: "SELECT sqlite_version()")
        }
        #expect(details?.first { $0.name == "sqlite_version" }?.value == used.map(JSON.string))
        try await site.close()
    }

    private func look(_ site: TestSite) async -> [HealthCheck.Part: HealthCheck.Component] {
        let monitor = HealthMonitor(store: site.store, recorder: site.recorder) { [] }
        let components = await monitor.look().components
        return Dictionary(uniqueKeysWithValues: components.map { ($0.part, $0) })
    }

    @Test func aDiskTooFullForReadsFails() async throws {
        var limits = Limits()
        limits.diskFreeMin = .max
        let site = try TestSite(limits: limits)
        #expect(await look(site)[.diskSpace]?.status == .fail)
        #expect(throws: Refusal.self) { try site.recorder.refuseFullDisk() }
        try await site.close()
    }

    @Test func diskPercentLeavesOutWhatIsReservedForRoot() {
        let space = DiskSpace(free: 20, used: 60, total: 100)
        #expect(space.usedPercent == 75)
    }

    @Test(arguments: [(0, HealthCheck.Status.pass), (2, .warning), (3, .fail)])
    func moreThanHalfOfTheCamerasLostFails(lost: Int, status: HealthCheck.Status) async throws {
        let site = try TestSite()
        for number in 0..<4 {
            _ = try await site.recorder.record(site.read(camera: "CAM\(number)"))
        }
        for number in 0..<lost { try await site.recorder.disconnect(cameraID: "CAM\(number)") }
        #expect(await look(site)[.cameras]?.status == status)
        try await site.close()
    }

    @Test func aSiteEventWakesNoPublisher() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(site.read())
        let others = Set(Event.Kind.allCases).subtracting([.site])
        let before = site.feed.end
        #expect(before.latestEventID == before.latestEventID(of: others))
        try await site.recorder.announceSite(eventID: before.latestEventID, pages: 1)
        let after = site.feed.end
        #expect(after.latestEventID == before.latestEventID + 1)
        #expect(after.latestEventID(of: [.site]) == after.latestEventID)
        #expect(after.latestEventID(of: others) == before.latestEventID)
        try await site.close()
    }

    @Test(arguments: [
        ("Asia/Bangkok", "UTC+7"), ("Asia/Kolkata", "UTC+5:30"), ("UTC", "UTC"),
        ("America/New_York", "UTC-5/-4"), ("Europe/London", "UTC+0/+1"),
    ])
    func aZoneSaysHowFarItIsFromUTC(identifier: String, offsets: String) throws {
        #expect(try #require(SiteCalendar(identifier: identifier)).offsets == offsets)
    }
}
