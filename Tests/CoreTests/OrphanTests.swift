import Foundation
import GRDB
import Testing

@testable import Core

/// Pictures without a record: what a crash leaves is moved aside at the start, and nothing else is touched.
@Suite struct OrphanTests {
    /// 14:40 in Bangkok; the day before, 23:40, in Los Angeles.
    private static let now = Timestamp(milliseconds: 1_795_938_000_000)

    /// The files of pictures of a site, below its folder for them.
    private func files(_ folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(
            atPath: folder.appending(path: "images").path
        ).filter { $0.hasSuffix(".png") }.sorted()
    }

    private func site(
        _ folder: URL? = nil,
        database: String = "test.db",
        timeZone: String = "Asia/Bangkok",
        at instant: Timestamp = now
    ) throws -> TestSite {
        try TestSite(folder: folder, database: database, timeZone: timeZone) { instant }
    }

    private func record(_ count: Int, in site: TestSite, at instant: Timestamp = now) async throws {
        for _ in 0..<count {
            _ = try await site.recorder.record(
                site.read(picture: TestSite.png, receivedAt: instant)
            )
        }
    }

    private func leaveOrphans(_ count: Int, in site: TestSite) throws -> [String] {
        try (0..<count).map { _ in
            let path = site.pictures.newPath(for: .png, receivedAt: OrphanTests.now)
            try site.pictures.write([(path, Picture(TestSite.png, limits: Limits()))])
            return path
        }
    }

    @Test func whatACrashLeftIsMovedAside() async throws {
        let first = try site()
        try await record(1, in: first)
        let kept = try files(first.folder)
        let orphans = try leaveOrphans(2, in: first)
        try await first.stop()
        for _ in 0..<2 {
            let again = try site(first.folder)
            #expect(try files(again.folder) == (kept + orphans.map { "orphans/\($0)" }).sorted())
            try await again.stop()
        }
        try await site(first.folder).close()
    }

    @Test(arguments: ["America/Los_Angeles", "Pacific/Kiritimati", "UTC"])
    func anotherTimeZoneMakesNoOrphans(zone: String) async throws {
        let first = try site()
        try await record(3, in: first)
        let kept = try files(first.folder)
        try await first.stop()
        let again = try site(first.folder, timeZone: zone)
        #expect(try files(again.folder) == kept)
        try await again.close()
    }

    /// The newest records are not those that were received last.
    @Test func aClockThatWasBehindMakesNoOrphans() async throws {
        let first = try site()
        try await record(2, in: first)
        try await record(1, in: first, at: OrphanTests.now.adding(seconds: -36_000))
        try await record(2, in: first, at: OrphanTests.now.adding(seconds: -1_500_000_000))
        let kept = try files(first.folder)
        try await first.stop()
        for seconds in [0, -36_000, 86_400] {
            let again = try site(first.folder, at: OrphanTests.now.adding(seconds: seconds))
            #expect(try files(again.folder) == kept)
            try await again.stop()
        }
        try await site(first.folder).close()
    }

    @Test func anEmptyDatabaseTouchesNoPicture() async throws {
        let first = try site()
        try await record(3, in: first)
        let kept = try files(first.folder)
        try await first.stop()
        let other = try site(first.folder, database: "other.db")
        #expect(try files(other.folder) == kept)
        try await other.close()
    }

    /// Of a day of which the database knows no picture, so many are no crash's.
    @Test func anotherDatabasesDayIsLeftAlone() async throws {
        let first = try site()
        let strange = try leaveOrphans(200, in: first)
        _ = try await first.recorder.record(first.read(receivedAt: OrphanTests.now))
        try await first.stop()
        let again = try site(first.folder)
        #expect(try files(again.folder) == strange.sorted())
        try await again.close()
    }

    /// What an older backup does not know is aside only until the newer database is back.
    @Test func anOlderBackupLosesNoPicture() async throws {
        let first = try site()
        try await record(2, in: first)
        let backup = try DatabaseQueue(path: first.folder.appending(path: "backup.db").path)
        try first.store.pool.backup(to: backup)
        try backup.close()
        try await record(3, in: first)
        let kept = try files(first.folder)
        let orphans = try leaveOrphans(1, in: first)
        try await first.stop()
        let older = try site(first.folder, database: "backup.db")
        #expect(Set(try files(older.folder)).count == 6)
        try await older.stop()
        let newer = try site(first.folder)
        #expect(try files(newer.folder) == (kept + orphans.map { "orphans/\($0)" }).sorted())
        try await newer.close()
    }
}
