import Seeded
import Testing

@testable import Core

@Suite struct RecordQueryTests {
    /// Numbered and keyset paging yield every record once and in the same order, ties included.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func pagingYieldsEveryRecordOnce(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let site = try TestSite()
        let count = Int.random(in: 1...60, using: &random)
        let reads = try (0..<count).map { _ in
            try site.read(
                "กข \(Int.random(in: 1...3, using: &random))",
                camera: "C\(Int.random(in: 1...2, using: &random))",
                seen: "2026-01-0\(Int.random(in: 1...3, using: &random))T10:00:00Z",
                confidence: [nil, 0.29, 0.9, 90, 91.5].randomElement(using: &random) ?? nil
            )
        }
        _ = try await site.recorder.record(reads)
        var query = RecordQuery(perPage: Int.random(in: 1...9, using: &random))
        if Bool.random(using: &random) { query.cameraID = "C1" }
        if Bool.random(using: &random) { query.dateFrom = Day("2026-01-02") }
        if Bool.random(using: &random) { query.plate = .init(text: "กข-2", match: .exact) }
        query.confidencePercentMin = [nil, 29, 90, 91.2, 92].randomElement(using: &random) ?? nil
        if Bool.random(using: &random) { query.blacklisted = false }
        let asked = query
        let (numbered, keyset, total) = try site.store.readAndWait { snapshot in
            try pages(asked, in: snapshot)
        }
        #expect(numbered == keyset)
        #expect(Set(numbered).count == numbered.count && numbered.count == total)
        try await site.close()
    }

    private func pages(
        _ query: RecordQuery,
        in snapshot: Snapshot
    ) throws -> (numbered: [Int64], keyset: [Int64], total: Int) {
        var query = query
        var numbered: [Int64] = []
        let first = try snapshot.records(query)
        for page in 1...max(1, first.pages) {
            query.page = page
            numbered += try snapshot.records(query).records.map(\.id)
        }
        query.page = 1
        var keyset: [Int64] = []
        while true {
            let ids = try snapshot.list(query).map(\.id)
            guard let last = ids.last else { return (numbered, keyset, first.total) }
            keyset += ids
            query.beforeID = last
        }
    }

    @Test(arguments: [
        (RecordQuery.PlateMatch.exact, "กข-1234", ["กข 1234", "กข1234 ตาก"]),
        (.exact, "กข1234 ตาก", ["กข1234 ตาก"]),
        (.prefix, "กข1", ["กข 1234", "กข1234 ตาก", "กข 199"]),
        (.contains, "23", ["กข 1234", "กข1234 ตาก", "AB 230"]),
        (.contains, "ตาก", ["กข1234 ตาก"]),
        (.wildcard, "?ข1*4", ["กข 1234", "กข1234 ตาก"]),
        (.wildcard, "[ab]*", []),
        (.fuzzy, "A8 23O", ["AB 230"]),
    ])
    func platesAreFoundEachWay(
        _ match: RecordQuery.PlateMatch,
        _ text: String,
        _ expected: [String]
    ) async throws {
        let site = try TestSite()
        let plates = ["กข 1234", "กข1234 ตาก", "กข 199", "AB 230", "ฮฮ 5"]
        _ = try await site.recorder.record(plates.map { try site.read($0) })
        var query = RecordQuery(perPage: 10)
        query.plate = .init(text: text, match: match)
        let asked = query
        let page = try await site.store.read { try $0.records(asked) }
        #expect(Set(page.records.map(\.plate.text)) == Set(expected))
        #expect(page.total == expected.count)
        try await site.close()
    }

    @Test func eachFilterHoldsAloneAndCountsAgree() async throws {
        let site = try TestSite()
        _ = try await site.recorder.addToBlacklist(site.draft("AB1"), by: .system)
        _ = try await site.recorder.record([
            site.read("AB 1", camera: "A", seen: "2026-01-31T16:59:59Z", confidence: 85.5),
            site.read("AB 2", camera: "A", seen: "2026-01-31T17:00:00Z", confidence: 0.5),
            site.read("AB 3", camera: "B", seen: "2026-02-01T16:59:59Z", confidence: nil),
        ])
        func plates(_ change: (inout RecordQuery) -> Void) throws -> [String] {
            var query = RecordQuery(perPage: 10)
            change(&query)
            let asked = query
            let page = try site.store.readAndWait { try $0.records(asked) }
            #expect(page.total == page.records.count)
            return page.records.map(\.plate.number)
        }
        // Bangkok's 1 February begins at 17:00 UTC.
        #expect(try plates { $0.dateFrom = Day("2026-02-01") } == ["AB3", "AB2"])
        #expect(try plates { $0.dateTo = Day("2026-01-31") } == ["AB1"])
        #expect(try plates { $0.cameraID = "A" } == ["AB2", "AB1"])
        #expect(try plates { $0.cameraID = "none" } == [])
        #expect(try plates { $0.blacklisted = true } == ["AB1"])
        #expect(try plates { $0.blacklisted = false } == ["AB3", "AB2"])
        #expect(try plates { $0.confidencePercentMin = 60 } == ["AB1"])
        #expect(
            try plates {
                $0.cameraID = "A"
                $0.blacklisted = true
                $0.dateTo = Day("2026-02-01")
            } == ["AB1"]
        )
        try await site.close()
    }
}
