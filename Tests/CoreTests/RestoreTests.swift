import Foundation
import GRDB
import Seeded
import Testing

@testable import Core

/// A database file that was put beside a WAL that a crash had left.
///
/// As after `kill -9`: the files are copied while the service has them open.
@Suite struct RestoreTests {
    fileprivate static let suffixes = ["", "-wal"]

    /// A folder with copies of a database, as they are on disk at some moment.
    fileprivate final class Shelf {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "lpr-\(UUID().uuidString)"
        )

        init() throws {
            // Before SQLite is used.
            _ = Store.isTuned
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func path(_ name: String) -> String { folder.appending(path: name).path }

        /// Puts files of `database` there under another name.
        func copy(_ database: String, to name: String, _ suffixes: [String] = suffixes) throws {
            for suffix in suffixes {
                try? FileManager.default.removeItem(atPath: path(name) + suffix)
                try FileManager.default.copyItem(
                    atPath: database + suffix,
                    toPath: path(name) + suffix
                )
            }
        }

        /// As `sqlite3 … ".backup …"` does.
        func backUp(_ database: String, to name: String) throws {
            let (source, target) = (
                try DatabaseQueue(path: database), try DatabaseQueue(path: path(name))
            )
            try source.backup(to: target)
            try source.close()
            try target.close()
        }

        /// Opens it as a service does, and says how many records it has; throws the refusal.
        func records(_ name: String) throws -> Int {
            let calendar = try #require(SiteCalendar(identifier: "Asia/Bangkok"))
            let store = try Store(path: path(name), calendar: calendar)
            defer { try? store.close() }
            return try store.readAndWait { snapshot in
                #expect(try String.fetchOne(snapshot.db, sql: "PRAGMA integrity_check") == "ok")
                return try Int.fetchOne(snapshot.db, sql: "SELECT COUNT(*) FROM records") ?? 0
            }
        }

        func refusal(_ name: String) -> Refusal? {
            #expect(throws: Refusal.self) { try records(name) }
        }
    }

    private func record(_ count: Int, in site: TestSite) async throws {
        for start in stride(from: 0, to: count, by: 100) {
            _ = try await site.recorder.record(
                (start..<min(count, start + 100)).map { try site.read("กข \($0)") }
            )
        }
    }

    /// A site whose WAL is reset now and then.
    private func site(folder: URL? = nil) throws -> TestSite {
        var limits = Limits()
        limits.logBytesMax = 256 * 1_024
        return try TestSite(limits: limits, folder: folder)
    }

    /// At every moment: what a crash leaves is opened, and has what was acknowledged.
    @Test func whatACrashLeavesIsOpened() async throws {
        let (site, shelf) = (try site(), try Shelf())
        var random = SeededGenerator(seed: 1)
        var count = 0
        for _ in 0..<25 {
            let more = Int.random(in: 1...300, using: &random)
            try await record(more, in: site)
            count += more
            try shelf.copy(site.store.path, to: "crashed")
            #expect(try shelf.records("crashed") == count)
        }
        try await site.close()
    }

    /// The same, with several crashes one after the other.
    @Test func aCrashAfterACrashIsOpened() async throws {
        let shelf = try Shelf()
        var count = 0
        var folder: URL?
        for round in 0..<4 {
            let site = try site(folder: folder)
            try await record(50, in: site)
            count += 50
            let next = shelf.folder.appending(path: "\(round)")
            try FileManager.default.createDirectory(at: next, withIntermediateDirectories: true)
            try shelf.copy(site.store.path, to: "\(round)/test.db")
            #expect(try shelf.copied("\(round)/test.db", "look") == count)
            folder = next
            await site.recorder.stop()
            try site.store.close()
        }
    }

    /// Of another moment, with few or many commits between: with few, the WAL is still the same.
    @Test(arguments: [1, 100, 5_000])
    func aBackupBesideALaterWALIsRefused(later: Int) async throws {
        let (site, shelf) = (try site(), try Shelf())
        try await record(150, in: site)
        try shelf.backUp(site.store.path, to: "backup")
        try await record(later, in: site)
        try shelf.copy(site.store.path, to: "mixed")
        try shelf.copy(shelf.path("backup"), to: "mixed", [""])
        let refusal = try #require(shelf.refusal("mixed"))
        #expect(refusal.code == "foreign_wal" && refusal.message.contains("mixed-wal"))
        // Nothing was changed: what the operator chooses is still there.
        try FileManager.default.removeItem(atPath: shelf.path("mixed-wal"))
        #expect(try shelf.records("mixed") == 150)
        try await site.close()
    }

    private func schema(_ database: DatabaseQueue) throws -> Int32 {
        try database.read { try $0.mark().schema }
    }

    /// SQLite's backup counts the schema's number of its copy up from that of the file that it replaces.
    @Test func aBackupsSchemaIsNeverTheDatabases() async throws {
        let (site, shelf) = (try site(), try Shelf())
        try await record(1, in: site)
        var numbers: Set<Int32> = []
        for _ in 0..<50 {
            try shelf.backUp(site.store.path, to: "backup")
            let copy = try DatabaseQueue(path: shelf.path("backup"))
            numbers.insert(try schema(copy))
            try copy.close()
        }
        let number = try site.store.readAndWait { try $0.db.mark().schema }
        #expect(numbers.count == 50 && numbers.allSatisfy { $0 < 1 << 24 } && number >= 1 << 24)
        try await site.close()
    }

    /// A copy of the closed database, byte for byte, from before the start.
    @Test(arguments: [1, 5_000])
    func aCopyFromBeforeTheStartIsRefused(later: Int) async throws {
        let shelf = try Shelf()
        let first = try site()
        try await record(150, in: first)
        await first.recorder.stop()
        try first.store.close()
        try shelf.copy(first.store.path, to: "copy", [""])
        let site = try site(folder: first.folder)
        try await record(later, in: site)
        try shelf.copy(site.store.path, to: "mixed")
        try shelf.copy(shelf.path("copy"), to: "mixed", [""])
        #expect(shelf.refusal("mixed")?.code == "foreign_wal")
        try await site.close()
    }

    /// A copy of the file alone from an earlier time of the same run.
    @Test func aCopyFromBeforeAResetIsRefused() async throws {
        let (site, shelf) = (try site(), try Shelf())
        try await record(150, in: site)
        try shelf.copy(site.store.path, to: "copy")
        try await record(10_000, in: site)
        try shelf.copy(site.store.path, to: "mixed")
        try shelf.copy(shelf.path("copy"), to: "mixed", [""])
        #expect(shelf.refusal("mixed")?.code == "foreign_wal")
        // With its own WAL it is whole.
        #expect(try shelf.records("copy") == 150)
        try await site.close()
    }

    @Test func anotherDatabasesWALIsRefused() async throws {
        let (site, other, shelf) = (try site(), try site(), try Shelf())
        try await record(150, in: site)
        try await record(150, in: other)
        try shelf.copy(site.store.path, to: "mixed")
        try shelf.copy(other.store.path, to: "mixed", [""])
        #expect(shelf.refusal("mixed")?.code == "foreign_wal")
        try await site.close()
        try await other.close()
    }

    @Test(arguments: [true, false])
    func aWALWithoutADatabaseIsRefused(isEmpty: Bool) async throws {
        let (site, shelf) = (try site(), try Shelf())
        try await record(150, in: site)
        try shelf.copy(site.store.path, to: "lost", ["-wal"])
        if isEmpty { try Data().write(to: URL(fileURLWithPath: shelf.path("lost"))) }
        #expect(shelf.refusal("lost")?.code == "wal_without_database")
        try shelf.copy(site.store.path, to: "lost", [""])
        #expect(try shelf.records("lost") == 150)
        try await site.close()
    }

    /// A WAL in which nothing was committed belongs to every database; SQLite begins it again.
    @Test func aWALWithoutACommitIsOpened() async throws {
        let (site, shelf) = (try site(), try Shelf())
        try await record(150, in: site)
        try shelf.backUp(site.store.path, to: "backup")
        let wal = try Data(contentsOf: URL(fileURLWithPath: site.store.path + "-wal"))
        for length in [0, 31, 32, 700] {
            try wal.prefix(length).write(to: URL(fileURLWithPath: shelf.path("backup-wal")))
            #expect(try shelf.records("backup") == 150)
        }
        try await site.close()
    }

    /// After each change of the tables, and between two.
    @Test func aCrashWhileTheTablesAreChangedIsOpened() throws {
        let shelf = try Shelf()
        let first = try DatabaseQueue(path: shelf.path("new"))
        try first.writeWithoutTransaction { try Store.beginWAL($0) }
        let pool = try DatabasePool(path: shelf.path("new"))
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
        var crashes = 0
        try Store.migrate(pool, after: []) {
            crashes += 1
            let count = try shelf.copied("new", "crashed")
            #expect(count == 0)
        }
        #expect(crashes == 2 * Schema.migrations.count)
        try first.close()
        try pool.close()
    }

    /// What an older lprserver left, which knows no marks.
    @Test func anOldersCrashIsOpened() throws {
        let shelf = try Shelf()
        let pool = try DatabasePool(path: shelf.path("old"))
        try Schema.migrator.migrate(pool)
        try shelf.copy(shelf.path("old"), to: "crashed")
        #expect(try shelf.records("crashed") == 0)
        try pool.close()
    }
}

extension RestoreTests.Shelf {
    /// The records of a copy, so that the original stays as it is.
    fileprivate func copied(_ name: String, _ copy: String) throws -> Int {
        try self.copy(path(name), to: copy)
        return try records(copy)
    }
}
