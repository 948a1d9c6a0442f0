import Foundation
import GRDB
import Testing

@testable import Core

/// Which starts renew a database's generation: those with a file that did not run here last.
@Suite struct GenerationTests {
    /// A database in a folder of its own, which is started and stopped.
    private final class Place {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lpr-\(UUID())")

        deinit { try? FileManager.default.removeItem(at: folder) }

        func path(_ name: String = "test.db") -> String { folder.appending(path: name).path }

        /// Starts and stops; returns what the database said meanwhile, and whether a new generation was announced.
        func start(
            _ name: String = "test.db",
            meanwhile: (DatabasePool) throws -> Void = { _ in }
        ) async throws -> (site: SiteIdentity, isAnnounced: Bool) {
            let calendar = SiteCalendar(timeZone: .gmt)
            var said: [String] = []
            let store = try Store(path: path(name), calendar: calendar) { said.append($0) }
            let site = try store.readAndWait { try $0.siteIdentity() }
            try meanwhile(store.pool)
            // As a recorder does when it stops: what is copied below is the whole database.
            try await store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try store.close()
            return (site, said.contains { $0.contains("generation") })
        }

        /// Copies a file of a database that nobody has open.
        func copy(_ name: String, over other: String) throws {
            try? FileManager.default.removeItem(atPath: path(other))
            try FileManager.default.copyItem(atPath: path(name), toPath: path(other))
        }
    }

    @Test func aRestartKeepsTheGeneration() async throws {
        let place = Place()
        let first = try await place.start()
        #expect(first.site.id.count == 32 && first.site.generation.count == 32)
        for _ in 0..<3 {
            let next = try await place.start()
            #expect(next.site == first.site && !next.isAnnounced)
        }
        #expect(try await Place().start().site.id != first.site.id)
    }

    /// Backups of the very run that ended last, too: they hold what that run noted.
    @Test(arguments: ["backup", "VACUUM INTO", "copy of the file"])
    func aRestoredBackupHasANewOne(kind: String) async throws {
        let place = Place()
        let first = try await place.start { pool in
            switch kind {
            case "backup":
                let target = try DatabaseQueue(path: place.path("backup.db"))
                try pool.backup(to: target)
                try target.close()
            case "VACUUM INTO":
                let path = place.path("backup.db")
                try pool.writeWithoutTransaction { db in
                    try db.execute(sql: "VACUUM INTO ?", arguments: [path])
                }
            default: break
            }
        }
        if kind == "copy of the file" {
            try place.copy("test.db", over: "backup.db")
            #expect(try await place.start().site == first.site)
        }
        try place.copy("backup.db", over: "test.db")
        let restored = try await place.start()
        #expect(restored.site.id == first.site.id && restored.isAnnounced)
        #expect(restored.site.generation != first.site.generation)
        #expect(try await place.start().site == restored.site)
    }

    @Test func aMovedDatabaseHasANewOne() async throws {
        let place = Place()
        let first = try await place.start()
        try place.copy("test.db", over: "moved.db")
        let moved = try await place.start("moved.db")
        #expect(moved.site.id == first.site.id && moved.isAnnounced)
        #expect(moved.site.generation != first.site.generation)
        #expect(try await place.start().site == first.site)
    }

    @Test func statisticsOfIndexesAreNoNewDatabase() async throws {
        let first = try TestSite()
        let before = try await first.store.read { try $0.siteIdentity() }
        for number in 0..<50 { _ = try await first.recorder.record(first.read("กข \(number)")) }
        try await first.recorder.change { try $0.db.execute(sql: "ANALYZE") }
        try await first.recorder.optimize(by: .system)
        try await first.stop()
        let second = try TestSite(folder: first.folder)
        #expect(try await second.store.read { try $0.siteIdentity() } == before)
        try await second.close()
    }
}
