import GRDB
import Seeded
import Testing

@testable import Core

@Suite struct RecordFormatTests {
    @Test(arguments: [
        ("00ff", 2), ("6f9619ff-8b86-d011-b42d-00cf4fc964ff", 17), ("0123456789abcdef", 8),
    ])
    func hexadecimalIDsAndUUIDsArePacked(text: String, bytes: Int) {
        #expect(PackedEventID(text).packed?.count == bytes)
        #expect(PackedEventID.fromDatabaseValue(PackedEventID(text).databaseValue)?.text == text)
    }

    @Test(arguments: [
        "", "f", "abc", "00FF", "6F9619FF-8B86-D011-B42D-00CF4FC964FF", "กข", "e1 2",
        "0123456789abcdef0123456789abcdef01", "6f9619ff-8b86-d011-b42d_00cf4fc964ff",
    ])
    func otherIDsStayText(text: String) {
        #expect(PackedEventID(text).packed == nil)
        #expect(PackedEventID.fromDatabaseValue(PackedEventID(text).databaseValue)?.text == text)
    }

    /// No two ids become one: what a camera may send comes back as it was.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func everyIDComesBack(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let letters = Array(seed % 2 == 0 ? "0123456789abcdef" : "019afAF-g ")
        let text = String(
            (0..<Int.random(in: 1...40, using: &random)).map { _ in
                letters[Int.random(in: letters.indices, using: &random)]
            }
        )
        #expect(PackedEventID.fromDatabaseValue(PackedEventID(text).databaseValue)?.text == text)
    }

    /// Retention leaves nothing of a car behind, nor of the places that only its reads named.
    @Test func platesAndPlacesGoWithTheirLastRecord() async throws {
        let site = try TestSite()
        for (plate, text) in [("กข 1", "A"), ("กข 2", "A"), ("กข 3", "B")] {
            let read = try Read(
                cameraID: "CAM001",
                plate: Plate(plate, limits: site.store.limits),
                location: Location(keptText: text, latitude: nil, longitude: nil),
                receivedAt: .now(),
                limits: site.store.limits
            )
            _ = try await site.recorder.record([read])
        }
        func kept() async throws -> (plates: [String], places: [String]) {
            try await site.store.read { snapshot in
                (
                    try String.fetchAll(snapshot.db, sql: "SELECT text FROM plates ORDER BY id"),
                    try String.fetchAll(snapshot.db, sql: "SELECT text FROM places ORDER BY id")
                )
            }
        }
        #expect(try await kept() == (["กข 1", "กข 2", "กข 3"], ["A", "B"]))
        try await site.recorder.deleteRecord(id: 2, by: .system)
        #expect(try await kept().plates == ["กข 1", "กข 3"])
        #expect(try await site.recorder.removeOld(days: 0, by: .system).records == 2)
        #expect(try await kept() == ([], ["B"]))
        _ = try await site.recorder.record([site.read("กข 1")])
        #expect(try await kept().plates == ["กข 1"])
        try await site.close()
    }

    /// What days say of their records' confidences is what the records say, whatever came and went.
    @Test(arguments: 0..<10 as Range<UInt64>)
    func confidencesOfDaysEqualTheRecords(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let site = try TestSite()
        let sent = [nil, 0, 0.005, 0.29, 0.9, 1, 55, 99.999, 100]
        for _ in 0..<5 {
            let reads = try (0..<300).map { _ in
                try site.read(confidence: sent.randomElement(using: &random) ?? nil)
            }
            _ = try await site.recorder.record(reads)
        }
        for id in Set((0..<40).map { _ in Int64.random(in: 1...1_500, using: &random) }) {
            try await site.recorder.deleteRecord(id: id, by: .system)
        }
        for percent in [0, 1, 29, 30, 90, 99, 100] {
            let (kept, counted) = try await site.store.read { snapshot in
                (
                    try Int.fetchOne(
                        snapshot.db,
                        sql: "SELECT SUM(lpr_count_from(percents, ?)) FROM days",
                        arguments: [percent]
                    ),
                    try Int.fetchOne(
                        snapshot.db,
                        sql: "SELECT COUNT(*) FROM records WHERE lpr_percent(confidence) >= ?",
                        arguments: [percent]
                    )
                )
            }
            #expect(kept == counted, "from \(percent) percent")
        }
        try await site.close()
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func histogramsComeBack(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let changes = (0..<Int.random(in: 0...60_000, using: &random)).map { _ in
            UInt8(min(100, Int.random(in: 0...120, using: &random)))
        }
        var histogram = PercentHistogram([UInt8]())
        histogram.add(changes)
        #expect(PercentHistogram(histogram.bytes).counts == histogram.counts)
        histogram.add(changes.map { $0 | PercentHistogram.removal })
        #expect(histogram.bytes.isEmpty)
    }
}
