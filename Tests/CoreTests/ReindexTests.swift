import Foundation
import GRDB
import Seeded
import Testing

@testable import Core

/// After a reindex every question and every read that comes again is answered as before.
@Suite struct ReindexTests {
    private struct Interruption: Error {}

    private static let plates = ["กข 1", "AB", "1กก 1 กรุงเทพมหานคร", "ขก?"]

    /// What a random history left: a stopped site, what it answers, and what it must know again.
    private struct Past {
        var site: TestSite
        let limits: Limits
        var answers: [String]
        var reads: [(read: Read, record: Int64)]
    }

    private func limits(_ random: inout SeededGenerator) -> Limits {
        var limits = Limits()
        limits.recordsPerPlateCount = Int.random(in: 1...60, using: &random)
        limits.dedupMemtableMax = Int.random(in: 0...80, using: &random)
        limits.recordsPerFrequentPlate = Int.random(in: 5...60, using: &random)
        return limits
    }

    private func read(_ site: TestSite, _ number: Int, _ random: inout SeededGenerator) throws
        -> Read
    {
        let texts = [
            "กข 1\(number % 30)", "AB \(number % 5)", "1กก 1 กรุงเทพมหานคร", "ขก \(number)",
        ]
        let day = Int.random(in: 20...28, using: &random)
        let hour = Int.random(in: 10...23, using: &random)
        return try site.read(
            texts.randomElement(using: &random) ?? "กข 1",
            camera: "C\(Int.random(in: 1...4, using: &random))",
            seen: "2026-11-\(day)T\(hour):\(10 + number % 50):00+07:00",
            eventID: number % 4 == 0 ? nil : "e\(number)",
            confidence: number % 9 == 0 ? nil : Double.random(in: 0...1, using: &random)
        )
    }

    /// Reads, deletions, retention and a blacklist, in some starts of the service.
    private func past(_ random: inout SeededGenerator, segment: Int64? = nil) async throws -> Past {
        let limits = limits(&random)
        let size = segment ?? Int64.random(in: 40...300, using: &random)
        var site = try TestSite(limits: limits, recordsPerSegment: size)
        var reads: [(read: Read, record: Int64)] = []
        for text in ["AB 1", "กข 12", "1กก 1 กรุงเทพมหานคร"] {
            _ = try await site.recorder.addToBlacklist(site.draft(text), by: .system)
        }
        for step in 0..<Int.random(in: 8...25, using: &random) {
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                try await site.stop()
                site = try TestSite(limits: limits, folder: site.folder)
            case 1:
                guard let some = reads.randomElement(using: &random) else { continue }
                try? await site.recorder.deleteRecord(id: some.record, by: .system)
            case 2:
                let count = Int.random(in: 1...40, using: &random)
                _ = try await site.recorder.change { writer in
                    try writer.deleteRecords(
                        receivedBefore: Timestamp.now().adding(seconds: 60),
                        limit: count
                    )
                }
                // What retention deleted may be recorded again.
                let oldest = try await site.store.read {
                    try Int64.fetchOne($0.db, sql: "SELECT MIN(id) FROM records") ?? .max
                }
                reads.removeAll { $0.record < oldest }
            case 3:
                if step % 2 == 0 {
                    try? await site.recorder.removeFromBlacklist(entryID: 2, by: .system)
                }
            default:
                let batch = try (0..<Int.random(in: 1...80, using: &random)).map {
                    try read(site, step * 100 + $0, &random)
                }
                let receipts = try await site.recorder.record(batch)
                reads += zip(batch, receipts).map { ($0, $1.recordID) }
            }
        }
        let answers = try answers(site)
        await site.recorder.stop()
        return Past(site: site, limits: limits, answers: answers, reads: reads)
    }

    /// Without the event log, to which a reindex appends an event.
    private func answers(_ site: TestSite) throws -> [String] {
        try site.store.readAndWait {
            try StoreAnswers.lines($0, at: Timestamp(milliseconds: 0), plates: Self.plates)
        }.filter { !$0.hasPrefix("event:") && !$0.hasPrefix("newest event:") }
    }

    private func expectCounted(_ site: TestSite) async throws {
        let counted = try await site.recorder.change { try $0.recount() }
        #expect(counted.kept == counted.counted)
    }

    /// Everything is answered as before; then new reads go on well.
    private func expectUnchanged(_ past: Past, _ random: inout SeededGenerator) async throws {
        var site = try TestSite(limits: past.limits, folder: past.site.folder)
        #expect(try answers(site) == past.answers)
        let again = past.reads.filter { $0.read.eventID != nil }
        for (read, record) in again {
            let receipt = try await site.recorder.record(read)
            #expect(receipt.isDuplicate && receipt.recordID == record)
        }
        let latest = past.reads.map(\.record).max() ?? 0
        for round in 0..<3 {
            let batch = try (0..<70).map { try read(site, 10_000 + round * 100 + $0, &random) }
            let receipts = try await site.recorder.record(batch)
            #expect(receipts.allSatisfy { !$0.isDuplicate && $0.recordID > latest })
            try await expectCounted(site)
        }
        if let id = again.last?.record {
            try? await site.recorder.deleteRecord(id: id, by: .system)
        }
        let grown = try answers(site)
        try await site.stop()
        // What grew is what is made of the records.
        let store = try reopened(past)
        try store.reindex { _ in }
        try store.close()
        site = try TestSite(limits: past.limits, folder: past.site.folder)
        #expect(try answers(site) == grown)
        try await site.close()
    }

    private func reopened(_ past: Past, besideService: Bool = false) throws -> Store {
        try Store(
            path: past.site.store.path,
            calendar: past.site.calendar,
            limits: past.site.store.limits,
            besideService: besideService,
            finishesReindex: false
        )
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func everythingIsAnsweredAsBefore(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let past = try await past(&random)
        try past.site.store.reindex { _ in }
        try past.site.store.close()
        try await expectUnchanged(past, &random)
    }

    /// What is lost or damaged: any row of any derived table, or all of them.
    @Test(arguments: 100..<112 as Range<UInt64>)
    func whatIsDamagedIsMended(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let past = try await past(&random)
        let damages = [
            "DELETE FROM hours WHERE camera = 1", "UPDATE hours SET reads = reads + 1",
            "DELETE FROM days", "UPDATE days SET percents = x'05ff01'",
            "UPDATE cameras SET reads = 0, hits = 7", "UPDATE plate_numbers SET numbers = x'00'",
            "DELETE FROM plate_numbers", "UPDATE plate_reads SET reads = zeroblob(2000)",
            "DELETE FROM plate_reads", "UPDATE heavy_hitters SET reads = zeroblob(8)",
            "INSERT OR IGNORE INTO heavy_hitters VALUES (999, x'01')",
            "DELETE FROM plate_records WHERE id % 2 = 0", "UPDATE plate_records SET camera = 9",
            "INSERT INTO plate_records VALUES (77777, 1, 1, 1)", "DELETE FROM camera_records",
            "UPDATE camera_records SET plate = 1, percent = 3", "DELETE FROM dedup_buckets",
            "UPDATE dedup_buckets SET entries = zeroblob(12)",
            "UPDATE dedup_filters SET bits = zeroblob(length(bits))", "DELETE FROM dedup_filters",
            "DELETE FROM meta WHERE key = 'dedup_salt'",
            "DELETE FROM meta WHERE key = 'dedup_cursor'",
            "UPDATE meta SET value = '999999 999999 3' WHERE key = 'dedup_cursor'",
            "UPDATE meta SET value = 'x' WHERE key = 'dedup_records_per_run'",
            "DELETE FROM meta WHERE key = 'latest_record'",
            "UPDATE meta SET value = '0' WHERE key IN ('indexed_through', 'counted_plate')",
            "UPDATE meta SET value = '100000' WHERE key = 'indexed_through'",
            "DELETE FROM blacklist_counts", "UPDATE blacklist_counts SET entries = entries + 1",
        ]
        let some = damages.shuffled(using: &random).prefix(seed % 3 == 0 ? damages.count : 4)
        try await past.site.store.pool.write { db in
            for damage in some { try db.execute(sql: damage) }
            // As after a migration that says `reindexes`: the next start does it.
            if seed % 2 == 0 { try ReindexCursor.want(db) }
        }
        if seed % 2 == 1 { try past.site.store.reindex { _ in } }
        try past.site.store.close()
        try await expectUnchanged(past, &random)
    }

    /// Killed at any instant it is done by the next call, or by the next start; between them nothing is answered.
    @Test(arguments: 200..<220 as Range<UInt64>)
    func whatIsInterruptedGoesOn(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let past = try await past(&random)
        try past.site.store.close()
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let store = try reopened(past)
            var calls = Int.random(in: 0...120, using: &random)
            var isDone = false
            do {
                try store.reindex(recordsPerCommit: 32) { _ in
                    calls -= 1
                    if calls < 0 { throw Interruption() }
                }
                isDone = true
            } catch is Interruption {}
            try store.close()
            do {
                try reopened(past, besideService: true).close()
                #expect(isDone)
            } catch let refusal as Refusal {
                #expect(!isDone && refusal.code == "reindexing")
            }
        }
        if Bool.random(using: &random) {
            let store = try reopened(past)
            try store.reindex { _ in }
            try store.close()
        }
        try await expectUnchanged(past, &random)
    }

    /// What was done of other records is done again.
    @Test func recordsThatCameMeanwhileAreIndexed() async throws {
        var random = SeededGenerator(seed: 1)
        let past = try await past(&random)
        #expect(throws: Interruption.self) {
            try past.site.store.reindex { if $0.step == 5 { throw Interruption() } }
        }
        try await past.site.store.pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO records (id, camera, plate, seen, delay, hit)
                    SELECT 100000, camera, plate, seen, delay, 0 FROM records LIMIT 1
                    """
            )
        }
        try past.site.store.close()
        let site = try TestSite(limits: past.limits, folder: past.site.folder)
        let (records, indexed) = try await site.store.read { snapshot in
            (
                try Int.fetchOne(snapshot.db, sql: "SELECT COUNT(*) FROM records"),
                try Int.fetchOne(snapshot.db, sql: "SELECT COUNT(*) FROM plate_records")
            )
        }
        #expect(records == indexed)
        #expect(try await site.recorder.record(site.read()).recordID == 100_001)
        try await expectCounted(site)
        try await site.close()
    }

    @Test func aDatabaseWithoutRecordsIsReindexed() async throws {
        let site = try TestSite()
        let receipt = try await site.recorder.record(site.read(eventID: "e"))
        try await site.recorder.deleteRecord(id: receipt.recordID, by: .system)
        await site.recorder.stop()
        try site.store.reindex { #expect($0.total == 0) }
        try site.store.close()
        let again = try TestSite(folder: site.folder)
        let receipts = try await again.recorder.record([
            again.read(eventID: "e"), again.read(eventID: "f"),
        ])
        #expect(receipts.map(\.recordID) == [1, 2] && receipts[0].isDuplicate)
        try await again.close()
    }
}
