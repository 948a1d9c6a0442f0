import GRDB
import Testing

@testable import Core

/// Invariants that code relies on far from where they are kept (Sources/Core/Store/README.md).
@Suite struct StoreInvariantTests {
    /// A plate that is gone leaves its number behind, also over a restart and an undone change.
    @Test func idsOfPlatesAreNotGivenAgain() async throws {
        var limits = Limits()
        limits.recordsPerPlateCount = 1
        var site = try TestSite(limits: limits)
        let first = try await site.recorder.record([site.read("AB 1"), site.read("AB 2")])
        try await site.recorder.deleteRecord(id: first[1].recordID, by: .system)
        try? await site.recorder.deleteRecord(id: 900, by: .system)
        try await site.stop()
        site = try TestSite(limits: limits, folder: site.folder)
        _ = try await site.recorder.record(site.read("AB 3"))
        let ids = try await site.store.read {
            try Int64.fetchAll($0.db, sql: "SELECT id FROM plates ORDER BY id")
        }
        #expect(ids == [1, 3])
        try site.expectSound()
        try await site.close()
    }

    /// What a reader remembers of a record that waits is true in every later state.
    @Test func deletionIndexesWhatWaits() async throws {
        let site = try TestSite()
        let receipts = try await site.recorder.record([site.read("AB 1"), site.read("AB 2")])
        let before = try await site.store.read { try Watermarks($0.db) }
        #expect(before.indexedThrough < receipts[1].recordID)
        try await site.recorder.deleteRecord(id: receipts[1].recordID, by: .system)
        let after = try await site.store.read { try Watermarks($0.db) }
        #expect(after.indexedThrough == receipts[1].recordID)
        #expect(after.purgeGeneration == before.purgeGeneration + 1)
        try site.expectSound()
        try await site.close()
    }
}
