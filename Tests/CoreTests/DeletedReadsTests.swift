import GRDB
import Synchronization
import Testing

@testable import Core

/// A read that an operator deleted does not come back, and costs the other reads nothing.
@Suite struct DeletedReadsTests {
    /// The SQL that the writer runs while `body` does.
    private func statements(
        _ site: TestSite,
        _ body: () async throws -> Void
    ) async throws -> [String] {
        let seen = Mutex<[String]>([])
        let note: @Sendable (String) -> Void = { sql in seen.withLock { $0.append(sql) } }
        try await site.recorder.change { $0.db.trace { note("\($0)") } }
        try await body()
        try await site.recorder.change { $0.db.trace(options: [], nil) }
        return seen.withLock { $0 }
    }

    @Test func readsAfterADeletionAskForNoDeletedRead() async throws {
        let site = try TestSite()
        let first = try await site.recorder.record(site.read(eventID: "first"))
        try await site.recorder.deleteRecord(id: first.recordID, by: .system)
        let run = try await statements(site) {
            for number in 0..<50 {
                let receipt = try await site.recorder.record(site.read(eventID: "\(number)"))
                #expect(!receipt.isDuplicate)
            }
        }
        #expect(run.count { $0.contains("INSERT INTO records") } == 50)
        #expect(!run.contains { $0.contains("deleted_reads") })
        #expect(try await site.recorder.record(site.read(eventID: "first")).isDuplicate)
        try await site.close()
    }

    /// The event index forgets its hash then: it was never entered, and its record is gone.
    @Test func aDeletedReadStaysDeletedAfterAStart() async throws {
        let site = try TestSite()
        let receipt = try await site.recorder.record(site.read(eventID: "one"))
        try await site.recorder.deleteRecord(id: receipt.recordID, by: .system)
        await site.recorder.stop()
        try site.store.close()
        let again = try TestSite(folder: site.folder)
        let second = try await again.recorder.record(again.read(eventID: "one"))
        #expect(second.isDuplicate && second.recordID == receipt.recordID)
        #expect(try await again.store.read { try $0.statistics() }.total.reads == 0)
        try await again.close()
    }

    /// The event index forgets its hash then: with its run.
    @Test func aDeletedReadStaysDeletedWhenRetentionHasRemovedItsNeighbours() async throws {
        var limits = Limits()
        limits.dedupMemtableMax = 5
        let site = try TestSite(limits: limits, recordsPerSegment: 20)
        let reads = try (0..<100).map { try site.read(eventID: "\($0)") }
        _ = try await site.recorder.record(reads)
        try await site.recorder.deleteRecord(id: 3, by: .system)
        let removed = try await site.recorder.change {
            try $0.deleteRecords(receivedBefore: Timestamp(milliseconds: .max), limit: 60)
        }
        #expect(removed == 60)
        let receipt = try await site.recorder.record(reads[2])
        #expect(receipt.isDuplicate && receipt.recordID == 3)
        #expect(try await !site.recorder.record(reads[3]).isDuplicate)
        await site.recorder.stop()
        try site.store.close()
        let again = try TestSite(limits: limits, folder: site.folder)
        #expect(try await again.recorder.record(reads[2]).isDuplicate)
        try await again.close()
    }

    /// Its commit fails: the read is there, and is not taken for a deleted one.
    @Test func aDeletionThatIsUndoneIsNone() async throws {
        let site = try TestSite()
        let receipt = try await site.recorder.record(site.read(eventID: "one"))
        await #expect(throws: Refusal.self) {
            try await site.recorder.change { writer in
                try writer.deleteRecord(receipt.recordID, by: .system)
                throw Refusal(.storage, "no")
            }
        }
        let again = try await site.recorder.record(site.read(eventID: "one"))
        #expect(again.isDuplicate && again.recordID == receipt.recordID)
        #expect(try await site.store.read { try $0.statistics() }.total.reads == 1)
        try await site.close()
    }

    @Test func aChangeThatIsRefusedBeforeItWritesReadsNothingAgain() async throws {
        let site = try TestSite()
        let entry = try await site.recorder.addToBlacklist(site.draft("กข 1"), by: .system)
        _ = try await site.recorder.record(site.read("กข 1"))
        let run = try await statements(site) {
            await #expect(throws: Refusal.self) {
                try await site.recorder.addToBlacklist(site.draft("กข 1"), by: .system)
            }
            await #expect(throws: Refusal.self) {
                try await site.recorder.removeFromBlacklist(entryID: 999, by: .system)
            }
            await #expect(throws: Refusal.self) {
                try await site.recorder.deleteRecord(id: 999, by: .system)
            }
        }
        for table in ["cameras", "events", "meta", "plates"] {
            #expect(!run.contains { $0.contains("FROM \(table)") }, "\(table) was read again")
        }
        let lists = run.filter { $0.contains("FROM blacklist") }
        #expect(lists.allSatisfy { $0.contains("number =") || $0.contains("id =") })
        #expect(try await site.recorder.record(site.read("กข 1")).match == .certain)
        try await site.recorder.removeFromBlacklist(entryID: entry, by: .system)
        #expect(try await site.recorder.record(site.read("กข 1")).match == nil)
        try await site.close()
    }

    /// What it wrote before it was refused is undone in what the writer remembers, too.
    @Test func aChangeThatIsRefusedAfterItWroteIsForgotten() async throws {
        let site = try TestSite()
        let draft = try site.draft("กข 1")
        await #expect(throws: Refusal.self) {
            try await site.recorder.change { writer in
                _ = try writer.addToBlacklist(draft, by: .system)
                try writer.register("NEW", checkpointID: nil)
                throw Refusal(.conflict, "no")
            }
        }
        #expect(try await site.recorder.record(site.read("กข 1")).match == nil)
        try await site.recorder.change { try $0.register("NEW", checkpointID: nil) }
        #expect(try await site.store.read { try $0.cameras().map(\.id) }.contains("NEW"))
        try await site.close()
    }
}
