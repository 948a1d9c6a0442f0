import Foundation
import GRDB
import Seeded
import Testing

@testable import Core

/// A read that came again is told from a new one, wherever the first one's event id stands.
@Suite struct DedupIndexTests {
    /// What the receipts must say.
    private struct Known {
        /// Which record has a camera's event id.
        var records: [String: Int64] = [:]
        /// The ids of the records that are there, oldest first.
        var present: [Int64] = []
    }

    /// After any history of commits, restarts, commits that fail, deletions and retention each read is kept once, and
    /// one that came again gets the first one's id.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func eachEventIsKeptOnce(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var limits = Limits()
        let recordsPerSegment = Int64.random(in: 80...400, using: &random)
        limits.dedupMemtableMax = Int.random(in: 0...150, using: &random)
        limits.recordsPerPlateCount = Int.random(in: 1...50, using: &random)
        var site = try TestSite(limits: limits, recordsPerSegment: recordsPerSegment)
        var known = Known()
        for _ in 0..<Int.random(in: 10...40, using: &random) {
            switch Int.random(in: 0..<14, using: &random) {
            case 0:
                await site.recorder.stop()
                try site.store.close()
                site = try TestSite(limits: limits, folder: site.folder)
            case 1:
                try await fail(readsOf(site, known, &random), &known, site)
            case 2:
                guard let id = known.present.randomElement(using: &random) else { continue }
                try await site.recorder.deleteRecord(id: id, by: .system)
                known.present.removeAll { $0 == id }
            case 3:
                // Refused, and undone with what it had in memory.
                try? await site.recorder.deleteRecord(id: 1_000_000, by: .system)
            case 4:
                try? await site.recorder.change { writer in
                    _ = try writer.deleteRecords(
                        receivedBefore: Timestamp(milliseconds: .max),
                        limit: 500
                    )
                    throw Refusal(.fault, "undone with all that it forgot")
                }
            case 5:
                try await deleteOldest(Int.random(in: 1...60, using: &random), &known, site)
            default:
                try await record(readsOf(site, known, &random), &known, site)
            }
            try await expectEachEventStandsOnce(site)
        }
        try await site.close()
    }

    private func readsOf(
        _ site: TestSite,
        _ known: Known,
        _ random: inout SeededGenerator
    ) throws -> [Read] {
        try (0..<Int.random(in: 1...60, using: &random)).map { _ in
            let key =
                Int.random(in: 0..<3, using: &random) == 0
                ? known.records.keys.sorted().randomElement(using: &random) : nil
            let parts = (key ?? newKey(&random)).split(separator: "/", maxSplits: 1)
            return try site.read(camera: String(parts[0]), eventID: String(parts[1]))
        } + (0..<Int.random(in: 0...20, using: &random)).map { _ in try site.read(camera: "C1") }
    }

    /// Some of few, so that one batch has them twice; and of every kind in which they are kept.
    private func newKey(_ random: inout SeededGenerator) -> String {
        let number = Int.random(in: 1...3_000, using: &random)
        let digits = String(number, radix: 16)
        let hex = String(repeating: "0", count: 8 - digits.count) + digits
        let text = ["\(number)", hex, "0b5ad1e0-0000-4000-8000-0000\(hex)", "รถ-\(number)"]
            .randomElement(using: &random)
        return "C\(Int.random(in: 1...2, using: &random))/\(text ?? hex)"
    }

    private func record(_ reads: [Read], _ known: inout Known, _ site: TestSite) async throws {
        for (read, receipt) in zip(reads, try await site.recorder.record(reads)) {
            guard let eventID = read.eventID else {
                #expect(!receipt.isDuplicate)
                known.present.append(receipt.recordID)
                continue
            }
            let key = "\(read.cameraID)/\(eventID)"
            let first = known.records[key]
            #expect(receipt.isDuplicate == (first != nil), "\(key)")
            #expect(first == nil || receipt.recordID == first, "\(key)")
            if first == nil {
                known.records[key] = receipt.recordID
                known.present.append(receipt.recordID)
            }
        }
    }

    /// A commit that has entered event ids when it fails; or that enters no plate, and does not fail.
    private func fail(_ reads: [Read], _ known: inout Known, _ site: TestSite) async throws {
        try await site.recorder.change { writer in
            try writer.db.execute(
                sql: """
                    CREATE TRIGGER refusal BEFORE INSERT ON plate_records
                    BEGIN SELECT RAISE(ABORT, 'no'); END
                    """
            )
        }
        do {
            try await record(reads, &known, site)
        } catch let refusal as Refusal {
            #expect(refusal.kind == .storage)
        }
        try await site.recorder.change { try $0.db.execute(sql: "DROP TRIGGER refusal") }
    }

    private func deleteOldest(_ count: Int, _ known: inout Known, _ site: TestSite) async throws {
        let deleted = try await site.recorder.change { writer in
            try writer.deleteRecords(
                receivedBefore: Timestamp(milliseconds: .max),
                limit: count
            )
        }
        #expect(deleted <= count)
        let left = try await site.store.read {
            try Int64.fetchAll($0.db, sql: "SELECT id FROM records ORDER BY id")
        }
        let gone = Set(known.present).subtracting(left)
        known.present = left
        // Nothing is remembered of them, but of those that an operator deleted.
        known.records = known.records.filter { !gone.contains($0.value) }
    }

    /// Each event id that is there stands once in a bucket, or waits in memory.
    private func expectEachEventStandsOnce(_ site: TestSite) async throws {
        try site.expectSound()
        try await site.recorder.change { writer in
            let waiting = writer.dedupIndex.memtable
            #expect(waiting.count <= writer.limits.dedupMemtableMax)
            let entered = try #require(try FlushCursor(writer.db)).entered
            let rows = try Row.fetchAll(
                writer.db,
                sql: "SELECT id, camera, event_id FROM records WHERE id > ? AND event_id <> ''",
                arguments: [entered]
            )
            for row in rows {
                let event = try #require(row["event_id"] as PackedEventID?)
                let hash = writer.dedupIndex.hash(camera: row["camera"], event)
                let found = try writer.dedupIndex.candidates(hash).filter { $0 == row["id"] }
                #expect(found.count == 1, "record \(row["id"] as Int64)")
            }
        }
    }

    /// Other records may have the same hash, or a hash that stayed when its record went.
    @Test func aHashAloneIsNoEvidence() async throws {
        let site = try TestSite()
        let reads = try ["a", "b"].map { try site.read(eventID: $0) }
        let first = try await site.recorder.record(reads).map(\.recordID)
        try await site.recorder.change { writer in
            for (event, record) in [("a", first[1]), ("c", first[0]), ("c", 1_000)] {
                let hash = writer.dedupIndex.hash(camera: 1, PackedEventID(event))
                writer.dedupIndex.add(hash, record: record)
            }
        }
        let receipts = try await site.recorder.record(
            ["a", "c", "c"].map { try site.read(eventID: $0) }
        )
        #expect(receipts.map(\.isDuplicate) == [true, false, true])
        #expect(receipts[0].recordID == first[0] && receipts[1].recordID == receipts[2].recordID)
        try await site.close()
    }

    /// Cameras may use the same event ids.
    @Test func anEventIDIsItsCamerasOwn() async throws {
        let site = try TestSite()
        let receipts = try await site.recorder.record(
            ["A", "B", "A"].map { try site.read(camera: $0, eventID: "1") }
        )
        #expect(receipts.map(\.isDuplicate) == [false, false, true])
        try await site.close()
    }

    /// However short the service runs between its starts, and however few records have event ids.
    @Test(arguments: [(1, true, 300), (1, false, 900), (60, true, 300), (60, false, 900)])
    func aStartLooksThroughFewRecords(commits: Int, haveEvents: Bool, most: Int64) async throws {
        var limits = Limits()
        limits.dedupMemtableMax = 50
        var site = try TestSite(limits: limits)
        for start in 0..<(300 / commits) {
            for commit in 0..<commits {
                var reads = try (0..<5).map {
                    try site.read(eventID: haveEvents ? "\(start)-\(commit)-\($0)" : nil)
                }
                reads.append(try site.read(eventID: "\(start)-\(commit)"))
                _ = try await site.recorder.record(reads)
            }
            await site.recorder.stop()
            try site.store.close()
            site = try TestSite(limits: limits, folder: site.folder)
        }
        let marks = try await site.store.read {
            (try FlushCursor($0.db)?.entered, try Watermarks($0.db).latestRecord)
        }
        #expect(marks.1 - (try #require(marks.0)) <= most)
        let again = try await site.recorder.record(site.read(eventID: "0-0"))
        #expect(again.isDuplicate)
        try await site.close()
    }

    /// Of segments whose records are all gone nothing is left, however many rows they were.
    @Test func retentionLeavesNothingOfWholeSegments() async throws {
        var limits = Limits()
        limits.dedupMemtableMax = 10
        let site = try TestSite(limits: limits, recordsPerSegment: 1_000)
        for step in 0..<30 {
            let reads = try (0..<200).map { try site.read(eventID: "\(step)-\($0)") }
            _ = try await site.recorder.record(reads)
        }
        func segments() async throws -> (filters: Set<Int64>, buckets: Set<Int64>) {
            try await site.store.read { snapshot in
                (
                    try Int64.fetchSet(snapshot.db, sql: "SELECT run FROM dedup_filters"),
                    try Int64.fetchSet(snapshot.db, sql: "SELECT id >> 13 FROM dedup_buckets")
                )
            }
        }
        let before = try await segments()
        #expect(before.filters.isSuperset(of: 0...4) && before.buckets.isSuperset(of: 0...5))
        // The last steps find no record, and what is left of the segments.
        for limit in [4_500, 1, 1, 1] {
            try await site.recorder.change { writer in
                _ = try writer.deleteRecords(
                    receivedBefore: Timestamp(milliseconds: limit > 1 ? .max : 0),
                    limit: limit
                )
            }
        }
        let after = try await segments()
        #expect(after.filters.min() == 4 && after.buckets.min() == 4)
        #expect(try await site.recorder.record(site.read(eventID: "0-1")).isDuplicate == false)
        #expect(try await site.recorder.record(site.read(eventID: "29-1")).isDuplicate)
        try await site.close()
    }

    /// A commit fails, and what the database keeps cannot be read either: nothing is taken until it can.
    @Test func anUnreadableDatabaseIsReadAnewBeforeTheNextCommit() async throws {
        var limits = Limits()
        limits.dedupMemtableMax = 0
        let site = try TestSite(limits: limits)
        _ = try await site.recorder.record(site.read(eventID: "1"))
        let other = try DatabaseQueue(path: site.store.path)
        try await other.write { try $0.execute(sql: "ALTER TABLE plates RENAME TO hidden") }
        for _ in 0..<2 {
            let refused = try site.read("AB 1", eventID: "2")
            await #expect(throws: Refusal.self) { try await site.recorder.record(refused) }
        }
        try await other.write { try $0.execute(sql: "ALTER TABLE hidden RENAME TO plates") }
        try other.close()
        let reads = try ["1", "2", "2"].map { try site.read("AB 1", eventID: $0) }
        let receipts = try await site.recorder.record(reads)
        #expect(receipts.map(\.isDuplicate) == [true, false, true])
        try await expectEachEventStandsOnce(site)
        try await site.close()
    }
}
