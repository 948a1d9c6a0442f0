import Foundation
import GRDB
import Synchronization
import Testing

@testable import Core

@Suite struct WALCheckpointerTests {
    /// Readers that always overlap, each longer than a commit, leave SQLite no moment to restart the WAL by itself.
    @Test func theLogStaysShortHoweverMuchIsRead() async throws {
        var limits = Limits()
        limits.logBytesMax = 512 * 1_024
        let site = try TestSite(limits: limits)
        let readers = Readers()
        let store = site.store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    while !readers.areDone {
                        try await store.read { snapshot in
                            _ = try snapshot.newestRecords(1)
                            Thread.sleep(forTimeInterval: 0.03)
                            _ = try snapshot.newestRecords(1)
                        }
                    }
                }
            }
            var written = 0
            let wal = site.folder.appending(path: "test.db-wal").path
            func bytes() throws -> Int {
                try FileManager.default.attributesOfItem(atPath: wal)[.size] as? Int ?? 0
            }
            while try written < 20_000 || bytes() > 4 * limits.logBytesMax {
                _ = try await site.recorder.record((0..<500).map { _ in try site.read() })
                written += 500
                try #require(written < 2_000_000, "the log never became short")
            }
            readers.end()
            try await group.waitForAll()
        }
        try await site.close()
    }

    /// A reader of an old snapshot prevents the checkpoint; the service stops all the same, and what was
    /// written is there.
    @Test func closingWaitsForNoReader() async throws {
        var limits = Limits()
        limits.logBytesMax = 512 * 1_024
        let site = try TestSite(limits: limits)
        _ = try await site.recorder.record([site.read()])
        let state = try site.store.pool.makeSnapshot()
        for _ in 0..<10 {
            _ = try await site.recorder.record((0..<500).map { _ in try site.read() })
        }
        await site.recorder.stop()
        let before = try await state.read {
            try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM records")
        }
        #expect(before == 1)
        let count = try await site.store.read {
            try Int.fetchOne($0.db, sql: "SELECT COUNT(*) FROM records")
        }
        #expect(count == 5_001)
        try site.store.close()
        try FileManager.default.removeItem(at: site.folder)
    }
}

/// Whether the readers are to end.
private final class Readers: Sendable {
    private let isOver = Mutex(false)

    var areDone: Bool { isOver.withLock { $0 } }

    func end() { isOver.withLock { $0 = true } }
}
