import Foundation
import GRDB
import Seeded
import Testing

@testable import Core

@Suite struct PackedPlateTableTests {
    /// After any history the packed pages say what the tables say, and every search finds what a look at each
    /// plate finds.
    @Test(arguments: 0..<30 as Range<UInt64>)
    func pagesEqualTheTables(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var limits = Limits()
        limits.recordsPerPlateCount = Int.random(in: 1...200, using: &random)
        limits.recordsPerFrequentPlate = [2, 10, 10_000].randomElement(using: &random) ?? 2
        let site = try TestSite(limits: limits)
        let letters = ["กข", "ฮฮ", "AB", "A8", "1กก", "Z[a"]
        let provinces = ["", " ตาก", " กรุงเทพมหานคร"]
        // Plates that are read once, or again and again.
        let numberMax = [9, 90, 900].randomElement(using: &random) ?? 900
        // States that readers hold on to while others go on and remember more (SnapshotCache).
        var earlier: [DatabaseSnapshot] = []
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            if Bool.random(using: &random) { earlier.append(try site.store.pool.makeSnapshot()) }
            if Bool.random(using: &random) { try await site.store.prepareSearches() }
            let asked = filters(&random).randomElement(using: &random)
            try site.store.readAndWait { snapshot in
                if let asked { try expectFound(asked, in: snapshot) }
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                let newest = try await site.store.read {
                    try Int64.fetchOne($0.db, sql: "SELECT MAX(id) FROM records") ?? 1
                }
                // Often one that is not counted yet.
                let from = Bool.random(using: &random) ? 1 : max(1, newest - 50)
                let id = Int64.random(in: from...max(from, newest), using: &random)
                try? await site.recorder.deleteRecord(id: id, by: .system)
                try site.store.readAndWait { snapshot in
                    for filter in filters(&random) { try expectFound(filter, in: snapshot) }
                }
                continue
            }
            let reads = try (0..<Int.random(in: 1...150, using: &random)).map { _ in
                let plate = letters.randomElement(using: &random) ?? ""
                let number = Int.random(in: 1...numberMax, using: &random)
                return try site.read(
                    plate.replacing("[", with: "") + " \(number)"
                        + (provinces.randomElement(using: &random) ?? ""),
                    camera: "C\(Int.random(in: 1...3, using: &random))",
                    seen: "2026-01-0\(Int.random(in: 1...3, using: &random))T10:00:00Z",
                    eventID: "\(Int.random(in: 1...2_000, using: &random))"
                )
            }
            _ = try await site.recorder.record(reads)
        }
        if seed % 10 == 9 { _ = try await site.recorder.removeOld(days: 0, by: .system) }
        try site.expectSound()
        try site.store.readAndWait { snapshot in
            for filter in filters(&random) { try expectFound(filter, in: snapshot) }
        }
        for state in earlier.shuffled(using: &random) {
            try expectFound(filters(&random).prefix(6), in: state, of: site.store)
        }
        try await site.close()
    }

    private func expectFound(
        _ filters: some Sequence<RecordQuery.PlateFilter>,
        in state: DatabaseSnapshot,
        of store: Store
    ) throws {
        try state.read { db in
            for filter in filters { try expectFound(filter, in: store.snapshot(db)) }
        }
    }

    private func filters(_ random: inout SeededGenerator) -> [RecordQuery.PlateFilter] {
        let texts = [
            "\(Int.random(in: 1...99, using: &random))", "ข1", "AB 12", "ตาก", "กข 12 ตาก", "*1?",
            "Z*",
        ]
        return texts.flatMap { text in
            RecordQuery.PlateMatch.allCases.map { RecordQuery.PlateFilter(text: text, match: $0) }
        }
    }

    /// Every filter with cameras and days beside it, against a look at each record.
    private func expectFound(_ filter: RecordQuery.PlateFilter, in snapshot: Snapshot) throws {
        var all = RecordQuery(perPage: 1_000)
        var asked = all
        asked.plate = filter
        for camera in [nil, "C1"] {
            for day in [nil, Day("2026-01-02")] {
                (all.cameraID, asked.cameraID) = (camera, camera)
                (all.dateFrom, asked.dateFrom) = (day, day)
                let expected = try everyRecord(all, in: snapshot)
                    .filter { isMeant($0.plate, by: filter) }
                #expect(
                    try everyRecord(asked, in: snapshot).map(\.id) == expected.map(\.id),
                    "\(filter)"
                )
                #expect(try snapshot.records(asked).total == expected.count, "\(filter)")
                let page = RecordQuery.numbered(asked, page: 3, perPage: 4)
                #expect(
                    try snapshot.records(page).records.map(\.id)
                        == expected.dropFirst(8).prefix(4).map(\.id),
                    "\(filter)"
                )
            }
        }
    }

    private func everyRecord(_ query: RecordQuery, in snapshot: Snapshot) throws -> [Core.Record] {
        var query = query
        var records: [Core.Record] = []
        while true {
            let more = try snapshot.list(query)
            guard let last = more.last else { return records }
            records += more
            query.beforeID = last.id
        }
    }

    /// The plain meaning of each way to compare.
    private func isMeant(_ plate: Plate, by filter: RecordQuery.PlateFilter) -> Bool {
        let whole = PlateText.normalized(filter.text)
        let (number, province) = PlateText.split(whole)
        if filter.match == .contains, province == nil, let own = plate.province,
            PlateText.normalized(own.name).contains(whole)
        {
            return true
        }
        guard province == nil || province == plate.province else { return false }
        switch filter.match {
        case .exact: return plate.number == number
        case .prefix: return plate.number.unicodeScalars.starts(with: number.unicodeScalars)
        case .contains: return plate.number.contains(number)
        case .wildcard:
            return glob(Array(plate.number.unicodeScalars)[...], Array(number.unicodeScalars)[...])
        case .fuzzy:
            var row: [Int] = []
            return PlateDistance.isLike(
                PlateDistance.Canonical(plate.number),
                PlateDistance.Canonical(number),
                tolerance: PlateDistance.tolerance(for: number),
                row: &row
            )
        }
    }

    private func glob(_ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>)
        -> Bool
    {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return (text.startIndex...text.endIndex).contains {
                glob(text[$0...], pattern.dropFirst())
            }
        }
        guard let letter = text.first, first == "?" || first == letter else { return false }
        return glob(text.dropFirst(), pattern.dropFirst())
    }

    /// A read that was there already under another plate leaves no plate behind.
    @Test func aDuplicateMakesNoPlate() async throws {
        let site = try TestSite()
        let first = try await site.recorder.record(site.read("กข 1", eventID: "e"))
        let again = try await site.recorder.record(site.read("กข 2", eventID: "e"))
        #expect(again.isDuplicate && again.recordID == first.recordID)
        let plates = try await site.store.read {
            try String.fetchAll($0.db, sql: "SELECT text FROM plates")
        }
        #expect(plates == ["กข 1"])
        let other = try await site.recorder.record(site.read("กข 2", eventID: "f"))
        #expect(!other.isDuplicate)
        try await site.close()
    }
}

extension RecordQuery {
    fileprivate static func numbered(_ query: RecordQuery, page: Int, perPage: Int) -> RecordQuery {
        var query = query
        (query.page, query.perPage) = (page, perPage)
        return query
    }
}
