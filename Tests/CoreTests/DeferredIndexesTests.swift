import Foundation
import GRDB
import Seeded
import Testing

@testable import Core

@Suite struct DeferredIndexesTests {
    /// After any history, restarts and undone changes among it, every question is answered as a look at each record
    /// answers it, whether its records wait for their index or are in it; and the indexes say what the records say.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func questionsAreAnsweredAsIfNothingWaited(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var limits = Limits()
        limits.recordsPerPlateCount = Int.random(in: 1...400, using: &random)
        var site = try TestSite(limits: limits)
        _ = try await site.recorder.addToBlacklist(site.draft("AB1"), by: .system)
        var held: [(state: DatabaseSnapshot, all: [Core.Record])] = []
        for _ in 0..<Int.random(in: 5...25, using: &random) {
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                // Many are not there: what the commit did so far is kept, the deletion is undone.
                let id = Int64.random(in: 1...1_000, using: &random)
                try? await site.recorder.deleteRecord(id: id, by: .system)
            case 1 where held.isEmpty:
                await site.recorder.stop()
                try site.store.close()
                site = try TestSite(limits: limits, folder: site.folder)
            default:
                let reads = try (0..<Int.random(in: 1...80, using: &random)).map { _ in
                    try read(site, &random)
                }
                _ = try await site.recorder.record(reads)
            }
            try site.expectSound()
            try site.store.readAndWait { snapshot in
                let all = try snapshot.newestRecords(100_000)
                for _ in 0..<4 {
                    try expect(question(all, &random), answeredFrom: all, in: snapshot)
                }
                if Int.random(in: 0..<8, using: &random) == 0 {
                    held.append((try site.store.pool.makeSnapshot(), all))
                }
            }
            // Readers of earlier states, of which the readers' memory may have let go.
            if let (state, all) = held.randomElement(using: &random) {
                try expect(question(all, &random), answeredFrom: all, in: state, of: site.store)
            }
        }
        try await site.close()
    }

    private func expect(
        _ query: RecordQuery,
        answeredFrom all: [Core.Record],
        in state: DatabaseSnapshot,
        of store: Store
    ) throws {
        try state.read { db in
            try expect(query, answeredFrom: all, in: store.snapshot(db))
        }
    }

    private func read(_ site: TestSite, _ random: inout SeededGenerator) throws -> Read {
        try site.read(
            ["AB \(Int.random(in: 1...4, using: &random))", "กข 12"].randomElement(using: &random)
                ?? "",
            camera: "C\(Int.random(in: 1...3, using: &random))",
            seen:
                "2026-01-0\(Int.random(in: 1...3, using: &random))T1\(Int.random(in: 0...3, using: &random)):00:00Z",
            eventID: "\(Int.random(in: 1...5_000, using: &random))",
            confidence: [nil, 0.29, 0.9, 90, 91.5].randomElement(using: &random) ?? nil
        )
    }

    private func question(_ all: [Core.Record], _ random: inout SeededGenerator) -> RecordQuery {
        var query = RecordQuery(perPage: Int.random(in: 1...30, using: &random))
        query.page = Int.random(in: 1...6, using: &random)
        query.cameraID = [nil, "C1", "C2"].randomElement(using: &random) ?? nil
        if Int.random(in: 0..<3, using: &random) > 0 {
            let text = ["AB1", "AB", "B", "1", "กข12", "A?2"].randomElement(using: &random) ?? ""
            let match = RecordQuery.PlateMatch.allCases.filter { $0 != .fuzzy }
                .randomElement(using: &random)
            query.plate = .init(text: text, match: match ?? .exact)
        }
        if Int.random(in: 0..<4, using: &random) == 0 { query.dateFrom = Day("2026-01-02") }
        if Int.random(in: 0..<4, using: &random) == 0 { query.dateTo = Day("2026-01-02") }
        if Int.random(in: 0..<3, using: &random) == 0 {
            query.confidencePercentMin = [29, 90, 91.2].randomElement(using: &random)
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
            query.blacklisted = Bool.random(using: &random)
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
            query.beforeID = all.randomElement(using: &random)?.id
            query.page = 1
        }
        return query
    }

    private func expect(
        _ query: RecordQuery,
        answeredFrom all: [Core.Record],
        in snapshot: Snapshot
    ) throws {
        var matching: Set<Int64>?
        if let plate = query.plate {
            matching = Set(try PlateSearch(plate, in: snapshot).plates().ids)
        }
        let plates = try Row.fetchAll(snapshot.db, sql: "SELECT id, plate FROM records")
        let plateOf = Dictionary(
            uniqueKeysWithValues: plates.map { ($0[0] as Int64, $0[1] as Int64) }
        )
        let meant = all.filter { record in
            let day = snapshot.calendar.day(of: record.seenAt)
            if let camera = query.cameraID, record.cameraID != camera { return false }
            if let matching, !matching.contains(plateOf[record.id] ?? 0) { return false }
            if let from = query.dateFrom, day < from { return false }
            if let to = query.dateTo, day > to { return false }
            if let percent = query.confidencePercentMin {
                guard let sure = record.confidence, sure.percent >= percent else { return false }
            }
            if let hits = query.blacklisted, hits != (record.match != nil) { return false }
            return true
        }
        var page = meant[...]
        if let beforeID = query.beforeID, let place = all.firstIndex(where: { $0.id == beforeID }) {
            let after = Set(all[all.index(after: place)...].map(\.id))
            page = page.filter { after.contains($0.id) }[...]
        }
        page = page.dropFirst((query.page - 1) * query.perPage).prefix(query.perPage)
        let answer = try snapshot.records(query)
        #expect(answer.records.map(\.id) == page.map(\.id), "\(query)")
        #expect(answer.total == meant.count, "\(query)")
        let newest = try snapshot.newestOfCameras(20)
        for camera in 1...3 {
            guard let number = try snapshot.cameraNumber(of: "C\(camera)") else { continue }
            let expected = all.filter { $0.cameraID == "C\(camera)" }.prefix(20).map(\.id)
            #expect(try newest.ids(ofCamera: number) == expected)
        }
    }

    /// However many changes are refused, and however large the commits, no more than some thousand records wait.
    @Test(arguments: [1, 7, 64, 300])
    func whatWaitsIsBounded(readsOfCommit: Int) async throws {
        var limits = Limits()
        limits.recordsPerPlateCount = 200
        var random = SeededGenerator(seed: UInt64(readsOfCommit))
        let site = try TestSite(limits: limits)
        for _ in 0..<min(800, 6_000 / readsOfCommit) {
            // Both in one commit, as the queue has it.
            let refusal = Task { [recorder = site.recorder] in
                try await recorder.deleteRecord(id: 1_000_000, by: .system)
            }
            _ = try await site.recorder.record(
                (0..<readsOfCommit).map { _ in
                    try site.read(
                        "AB \(Int.random(in: 1...300, using: &random))",
                        camera: "C\(Int.random(in: 1...5, using: &random))"
                    )
                }
            )
            await #expect(throws: Refusal.self) { try await refusal.value }
            let marks = try await site.store.read { try Watermarks($0.db) }
            let waiting = marks.latestRecord - marks.indexedThrough
            #expect(waiting <= Int64(2 * limits.recordsPerPlateCount + readsOfCommit))
        }
        try await site.close()
    }

    /// A plate stays as long as one of its records does, be it one that waits.
    @Test func plateWhoseOnlyRecordWaitsStays() async throws {
        var limits = Limits()
        limits.recordsPerPlateCount = 10
        let site = try TestSite(limits: limits)
        let first = try await site.recorder.record([site.read("AB 1"), site.read("AB 2")])
        _ = try await site.recorder.record((0..<20).map { _ in try site.read("กข 9") })
        _ = try await site.recorder.record([site.read("AB 1")])
        let marks = try await site.store.read { try Watermarks($0.db) }
        #expect(marks.indexedThrough > 2 && marks.indexedThrough < marks.latestRecord)
        for receipt in first {
            try await site.recorder.deleteRecord(id: receipt.recordID, by: .system)
        }
        try site.store.readAndWait { snapshot in
            let plates = try String.fetchSet(snapshot.db, sql: "SELECT number FROM plates")
            #expect(plates == ["AB1", "กข9"])
        }
        try site.expectSound()
        try await site.close()
    }
}
