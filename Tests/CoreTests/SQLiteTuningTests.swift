import Foundation
import GRDB
import Seeded
import Testing

@testable import Core

/// What the store changes of SQLite's ways changes nothing of what is in the database.
@Suite struct SQLiteTuningTests {
    /// The same steps on a connection that gathers its log, now and then on another one of the same file, and on
    /// a database without a file.
    private struct Undone: Error {}

    private final class Twins {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "lpr-\(UUID().uuidString)"
        )
        let tuned: DatabaseQueue
        let other: DatabaseQueue
        private let buffer: WALWriteBuffer
        let plain: DatabaseQueue
        private let path: String
        private var random: SeededGenerator

        init(seed: UInt64) throws {
            random = SeededGenerator(seed: seed)
            path = folder.appending(path: "tuned.db").path
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            var configuration = Configuration()
            configuration.journalMode = .wal
            configuration.prepareDatabase { db in
                try db.execute(
                    sql: """
                        PRAGMA page_size = 1024; PRAGMA cache_size = 40;
                        PRAGMA wal_autocheckpoint = 200
                        """
                )
            }
            tuned = try DatabaseQueue(path: path, configuration: configuration)
            other = try DatabaseQueue(path: path, configuration: configuration)
            plain = try TestSite.databaseInMemory()
            for database in [tuned, plain] {
                try database.writeWithoutTransaction { db in
                    try db.execute(
                        sql: "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, b BLOB)"
                    )
                    try db.execute(sql: "CREATE INDEX t_n ON t (n)")
                }
            }
            buffer = try tuned.writeWithoutTransaction { db in
                // GRDB's WAL is not synced at every commit.
                #expect(WALWriteBuffer(db).fallback == "the connection does not sync every commit")
                try db.execute(sql: "PRAGMA synchronous = FULL")
                return WALWriteBuffer(db)
            }
            #expect(buffer.fallback == nil)
        }

        private func inBoth(
            _ database: DatabaseQueue,
            _ body: (Database, _ isPlain: Bool) throws -> Void
        ) throws {
            try database.writeWithoutTransaction { try body($0, false) }
            try plain.writeWithoutTransaction { try body($0, true) }
        }

        /// One transaction: rows of up to 8 KiB, more than the cache holds, with changes and removals among them.
        func step() throws {
            let isKept = Int.random(in: 0..<4, using: &random) > 0
            let rows = (0..<Int.random(in: 1...120, using: &random)).map { _ in
                (
                    Int.random(in: 0..<1_000_000, using: &random),
                    Int.random(in: 0..<8_192, using: &random), Int.random(in: 0..<3, using: &random)
                )
            }
            let vacuums = Int.random(in: 0..<12, using: &random) == 0
            let isOthers = Int.random(in: 0..<5, using: &random) == 0
            try inBoth(isOthers ? other : tuned) { db, isPlain in
                func changeAll() throws {
                    for (number, bytes, kind) in rows { try change(db, number, bytes, kind) }
                    if !isKept { throw Undone() }
                }
                do {
                    if !isOthers, !isPlain {
                        try buffer.transaction(db, changeAll)
                    } else {
                        try db.inTransaction {
                            try changeAll()
                            return .commit
                        }
                    }
                } catch is Undone {}
                if vacuums { try db.execute(sql: "VACUUM") }
            }
        }

        private func change(_ db: Database, _ number: Int, _ bytes: Int, _ kind: Int) throws {
            switch kind {
            case 0: try db.execute(sql: "DELETE FROM t WHERE n > ?", arguments: [number])
            case 1:
                try db.execute(
                    sql: "UPDATE t SET n = n + 1 WHERE n % 7 = ?",
                    arguments: [number % 7]
                )
            default:
                try db.execute(
                    sql: "INSERT INTO t (n, b) VALUES (?, ?)",
                    arguments: [number, Data(repeating: UInt8(number & 255), count: bytes)]
                )
            }
        }

        func loseASync() throws {
            try tuned.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = NORMAL")
                try buffer.transaction(db) { try change(db, 1, 100, 2) }
                #expect(buffer.fallback?.contains("written afterwards: true") == true)
                try buffer.transaction(db) { try change(db, 2, 100, 2) }
            }
            let copy = try rowsOfACopy()
            #expect(copy.rows.count == 2 && copy.integrity == "ok")
        }

        func rows(_ db: Database) throws -> [Row] {
            try Row.fetchAll(
                db,
                sql: "SELECT id, n, length(b), hex(substr(b, 1, 1)) FROM t ORDER BY n, id"
            )
        }

        /// What another process reads from the files on disk after a commit, as after a crash.
        func rowsOfACopy() throws -> (rows: [Row], integrity: String?) {
            let copy = folder.appending(path: "copy-\(UUID().uuidString).db").path
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            try FileManager.default.copyItem(atPath: "\(path)-wal", toPath: "\(copy)-wal")
            let queue = try DatabaseQueue(path: copy)
            let read = try queue.write { db in
                (try rows(db), try String.fetchOne(db, sql: "PRAGMA integrity_check"))
            }
            try queue.close()
            return read
        }

        func close() throws {
            try tuned.close()
            try other.close()
            try FileManager.default.removeItem(at: folder)
        }
    }

    @Test(arguments: UInt64(1)...6)
    func whatIsCommittedIsInTheFiles(seed: UInt64) throws {
        #expect(Store.isTuned)
        let twins = try Twins(seed: seed)
        for _ in 0..<40 {
            try twins.step()
            let expected = try twins.plain.read { try twins.rows($0) }
            #expect(try twins.tuned.read { try twins.rows($0) } == expected)
            #expect(try twins.other.read { try twins.rows($0) } == expected)
            let copy = try twins.rowsOfACopy()
            #expect(copy.rows == expected)
            #expect(copy.integrity == "ok")
        }
        try twins.close()
    }

    /// Without a WAL there is nothing to put together.
    @Test func aDatabaseWithoutAWALIsRefused() throws {
        let queue = try TestSite.databaseInMemory()
        queue.writeWithoutTransaction {
            #expect(WALWriteBuffer($0).fallback == "the database has no WAL")
        }
    }

    @Test func itCanBeSwitchedOff() async throws {
        // For the other tests of this process.
        #expect(Store.isTuned)
        var limits = Limits()
        limits.tunesSQLite = false
        let site = try TestSite(limits: limits)
        _ = try await site.recorder.record([site.read()])
        #expect(site.recorder.load.walFallback == "switched off (SQLITE_TUNING)")
        try await site.close()
    }

    @Test func itIsOnForAStore() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record([site.read()])
        #expect(site.recorder.load.walFallback == nil)
        try await site.close()
    }

    /// Bytes that a commit leaves, because it did not sync, are written afterwards, and the next commits write for themselves.
    @Test func whatASuccessfulCommitLeavesIsWritten() throws {
        let twins = try Twins(seed: 1)
        try twins.loseASync()
        try twins.close()
    }

    /// `script/test --sqlite` names the same versions.
    @Test func theTestedVersionsAreThoseOfTheScript() throws {
        let script = URL(fileURLWithPath: #filePath).appending(path: "../../../script/test")
            .standardized
        let text = try String(contentsOf: script, encoding: .utf8)
        let versions = Store.testedSQLiteVersions.dropFirst().joined(separator: " ")
        #expect(text.contains("for version in \(versions); do"))
    }
}
