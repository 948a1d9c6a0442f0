import Foundation
import GRDB
import Seeded
import Testing

@testable import Core

/// Bursts of commits with pauses between them, beside a checkpointer that nearly always has something to do and readers
/// that hold it up: the moments at which the WAL is all copied and is reset come by the thousand.
///
/// `LPR_SOAK_SECONDS=60 swift test --skip-build --filter CheckpointSoakTests` takes a minute; else it is a few bursts only.
@Suite struct CheckpointSoakTests {
    private static let seconds =
        ProcessInfo.processInfo.environment["LPR_SOAK_SECONDS"].flatMap { Double($0) } ?? 0

    @Test(arguments: UInt64(1)...2)
    func burstsLoseNothing(seed: UInt64) async throws {
        var limits = Limits()
        limits.logBytesMax = 96 * 1_024
        let site = try TestSite(limits: limits)
        let store = site.store
        var random = SeededGenerator(seed: seed)
        let end = ContinuousClock.now + .seconds(Self.seconds)
        var plates: [Int64: String] = [:]
        var salts: Set<Data> = []
        let readers = Task {
            while !Task.isCancelled {
                try? await store.read { snapshot in
                    _ = try snapshot.newestRecords(1)
                    Thread.sleep(forTimeInterval: 0.002)
                    _ = try snapshot.newestRecords(1)
                }
                try? await Task.sleep(for: .milliseconds(3))
            }
        }
        var bursts = 0
        while bursts < 10 || ContinuousClock.now < end {
            bursts += 1
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                let names = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                    "กข \(Int.random(in: 1...9_999, using: &random))"
                }
                let receipts = try await site.recorder.record(names.map { try site.read($0) })
                for (receipt, name) in zip(receipts, names) { plates[receipt.recordID] = name }
            }
            let expected = plates.count
            let count = try await store.read {
                try Int.fetchOne($0.db, sql: "SELECT COUNT(*) FROM records")
            }
            try #require(count == expected)
            // The header of a WAL has another salt after each reset.
            let wal = try FileHandle(forReadingFrom: site.folder.appending(path: "test.db-wal"))
            salts.insert(try wal.read(upToCount: 24)?.suffix(8) ?? Data())
            try wal.close()
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...4, using: &random)))
        }
        readers.cancel()
        await readers.value
        #expect(Self.seconds < 10 || salts.count > 3, "the WAL was hardly ever reset")
        let kept = try await store.read { snapshot in
            #expect(try String.fetchOne(snapshot.db, sql: "PRAGMA integrity_check") == "ok")
            return try Set(Int64.fetchAll(snapshot.db, sql: "SELECT id FROM records"))
        }
        #expect(kept == Set(plates.keys))
        try await site.close()
    }
}
