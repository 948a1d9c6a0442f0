import Foundation
import GRDB
import Seeded
import Testing

@testable import Core

/// The index and the counts of the blacklist are changed entry by entry; they must stay what one who reads all finds.
@Suite struct BlacklistIndexTests {
    /// Undoes what it is thrown in.
    private struct Undone: Error {}

    @Test(arguments: 0..<20 as Range<UInt64>)
    func changedByEntryItIsWhatAWholeReadingFinds(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let folder = FileManager.default.temporaryDirectory.appending(path: "lpr-\(UUID())")
        let calendar = try #require(SiteCalendar(identifier: "Asia/Bangkok"))
        let path = folder.appending(path: "test.db").path
        let store = try Store(path: path, calendar: calendar)
        var now = Timestamp(milliseconds: 1_790_000_000_000)
        try store.pool.writeWithoutTransaction { db in
            let writer = try StoreWriter(
                db: db,
                calendar: calendar,
                limits: Limits(),
                clock: { now }
            )
            for _ in 0..<60 {
                now = now.adding(seconds: Int.random(in: 0...90, using: &random))
                let isCommitUndone = Int.random(in: 0..<5, using: &random) == 0
                do {
                    try writer.commit { writer in
                        for _ in 0..<Int.random(in: 1...4, using: &random) {
                            try change(writer, &random, calendar)
                        }
                        if isCommitUndone { throw Undone() }
                    }
                } catch is Undone {}
                try expectTruth(writer, db, at: now, &random)
            }
        }
        try store.close()
        // A start reads the same.
        let again = try Store(path: path, calendar: calendar)
        try again.pool.writeWithoutTransaction { db in
            let writer = try StoreWriter(
                db: db,
                calendar: calendar,
                limits: Limits(),
                clock: { now }
            )
            try expectTruth(writer, db, at: now, &random)
        }
        try again.close()
        try FileManager.default.removeItem(at: folder)
    }

    /// One or two changes that are kept, refused, or undone by themselves.
    private func change(
        _ writer: StoreWriter,
        _ random: inout SeededGenerator,
        _ calendar: SiteCalendar
    ) throws {
        do {
            try writer.withSavepoint { writer in
                for _ in 0..<Int.random(in: 1...2, using: &random) {
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0:
                        _ = try writer.addToBlacklist(
                            draft(&random, writer.now, calendar),
                            by: .system
                        )
                    case 1:
                        let drafts = try (0..<3).map { _ in
                            try draft(&random, writer.now, calendar)
                        }
                        _ = try writer.addToBlacklist(drafts, by: .system)
                    default:
                        try writer.removeFromBlacklist(
                            Int64.random(in: 1...40, using: &random),
                            by: .system
                        )
                    }
                }
                if Int.random(in: 0..<4, using: &random) == 0 { throw Undone() }
            }
        } catch is Refusal {
        } catch is Undone {}
    }

    private func plate(_ random: inout SeededGenerator) throws -> Plate {
        let province = ["", " เชียงใหม่", " ตาก"].randomElement(using: &random) ?? ""
        return try Plate("กข \(Int.random(in: 1...6, using: &random))\(province)", limits: Limits())
    }

    private func draft(
        _ random: inout SeededGenerator,
        _ now: Timestamp,
        _ calendar: SiteCalendar
    ) throws -> BlacklistDraft {
        let seconds = [nil, -60, 5, 60, 600].randomElement(using: &random) ?? nil
        return try BlacklistDraft(
            plate: plate(&random),
            reason: "stolen",
            addedBy: nil,
            expiry: seconds.map { try Expiry(now.adding(seconds: $0).rfc3339, calendar: calendar) },
            notes: nil,
            limits: Limits()
        )
    }

    private func expectTruth(
        _ writer: StoreWriter,
        _ db: Database,
        at now: Timestamp,
        _ random: inout SeededGenerator
    ) throws {
        let read = try BlacklistIndex(db)
        #expect(writer.blacklist.sortedHashes == read.sortedHashes)
        let entries = try Row.fetchAll(db, sql: "SELECT * FROM blacklist").map(
            BlacklistEntry.init(row:)
        )
        #expect(try db.blacklistCount(.all) == entries.count)
        #expect(try db.blacklistCount(.notRemoved) == entries.count { $0.isActive })
        #expect(try db.blacklistLength(at: now) == entries.count { $0.counts(at: now) })
        // What a read matches is what looking through all entries finds.
        let plate = try plate(&random)
        let counting = entries.filter { $0.counts(at: writer.now) }.filter {
            $0.plate.number == plate.number
        }
        let certain = counting.first {
            $0.plate.province == nil || $0.plate.province == plate.province
        }
        let possible = plate.province == nil ? counting.first : nil
        let hit = try writer.match(plate)
        #expect(hit?.entryID == (certain ?? possible)?.id)
        #expect(hit?.match == (certain != nil ? .certain : possible != nil ? .possible : nil))
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func aBagOfHashesHoldsWhatAListHolds(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var bag = HashBag()
        var list: [UInt64] = []
        // Few values in few tables: equal ones, and many that want the same slot.
        func any(_ random: inout SeededGenerator) -> UInt64 {
            UInt64.random(in: 0...1, using: &random) << 56
                | UInt64.random(in: 1...40, using: &random)
                << UInt64([0, 5].randomElement(using: &random) ?? 0)
        }
        for _ in 0..<2_000 {
            let hash = any(&random)
            if Int.random(in: 0..<100, using: &random) < (list.count < 60 ? 60 : 40) {
                bag.insert(hash)
                list.append(hash)
            } else {
                let index = list.firstIndex(of: hash)
                let isRemoved = bag.remove(hash)
                #expect(isRemoved == (index != nil))
                if let index { list.remove(at: index) }
            }
            let asked = any(&random)
            #expect(bag.contains(asked) == list.contains(asked))
        }
        #expect(bag.sorted == list.sorted() && bag.count == list.count)
        let areRemoved = list.map { bag.remove($0) }
        #expect(!areRemoved.contains(false))
        #expect(bag.count == 0 && bag.sorted.isEmpty)
    }

    @Test func anEntryTakesFewBytes() {
        var bag = HashBag()
        var random = SeededGenerator(seed: 1)
        let hashes = (0..<100_000).map { _ in random.next() }
        for hash in hashes { bag.insert(hash) }
        #expect((10...23).contains(bag.byteCount / bag.count))
        for hash in hashes.dropFirst(1_000) { bag.remove(hash) }
        #expect(bag.byteCount / bag.count < 64)
    }
}
