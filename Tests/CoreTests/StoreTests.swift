import Foundation
import GRDB
import Testing

@testable import Core

/// Opening the database beside a running service.
@Suite struct StoreTests {
    /// `lprserver generate` beside the service must neither write nor checkpoint.
    @Test func aStoreBesideTheServiceReadsAndCannotWrite() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record([site.read()])
        let beside = try Store(path: site.store.path, calendar: site.calendar, besideService: true)
        let count = try await beside.read {
            try Int.fetchOne($0.db, sql: "SELECT COUNT(*) FROM records")
        }
        #expect(count == 1)
        #expect(throws: DatabaseError.self) {
            try beside.pool.write { try $0.execute(sql: "DELETE FROM records") }
        }
        try beside.close()
        _ = try await site.recorder.record([site.read()])
        try await site.close()
    }

    @Test func aStoreBesideAServiceThatIsStillMigratingIsRefused() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "lpr-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "test.db").path
        // Before SQLite is used.
        _ = Store.isTuned
        let pool = try DatabasePool(path: path)
        try Schema.migrator.migrate(pool, upTo: "14 one schema")
        let calendar = try #require(SiteCalendar(identifier: "UTC"))
        let refusal = #expect(throws: Refusal.self) {
            try Store(path: path, calendar: calendar, besideService: true)
        }
        #expect(refusal?.message.contains("still bringing the database") == true)
        try pool.close()
        try FileManager.default.removeItem(at: folder)
    }
}
