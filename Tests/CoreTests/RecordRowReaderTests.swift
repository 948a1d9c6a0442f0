import Core
import Seeded
import Testing

@Suite struct RecordRowReaderTests {
    /// A stretch has each of its records once, in their order, as each is read alone; many are of the same
    /// instant, and some come late.
    @Test(arguments: 0..<30 as Range<UInt64>)
    func aStretchIsWhatItsRecordsAreOneByOne(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let site = try TestSite()
        for _ in 0..<4 {
            var reads: [Read] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                reads.append(
                    try site.read(
                        "กข \(Int.random(in: 1...6, using: &random))",
                        camera: "C\(Int.random(in: 1...3, using: &random))",
                        seen: "2024-10-04T12:00:0\(Int.random(in: 0...5, using: &random))Z"
                    )
                )
            }
            _ = try await site.recorder.record(reads)
        }
        try await site.store.read { snapshot in
            var random = SeededGenerator(seed: seed + 1)
            let day = try #require(Day("2024-10-04"))
            let places = try snapshot.sortKeys(of: day, before: nil, count: 1_000)
            #expect(places == places.sorted())
            let reader = try snapshot.rowReader()
            for _ in 0..<10 {
                let begin = Int.random(in: 0..<places.count, using: &random)
                let end = Int.random(in: begin..<places.count, using: &random)
                let rows = try reader.rows(from: places[begin], through: places[end])
                #expect(rows.map(\.id) == places[begin...end].map(\.id))
                for row in rows {
                    #expect(try reader.row(of: row.id) == row)
                    let record = try #require(try snapshot.record(id: row.id))
                    #expect(row.cameraID == record.cameraID)
                    #expect(row.plateText == record.plate.text)
                    #expect(row.seenAt == record.seenAt)
                    #expect(row.locationText == record.location.text)
                }
            }
        }
        try await site.close()
    }
}
