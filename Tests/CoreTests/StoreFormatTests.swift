import Foundation
import GRDB
import Testing

@testable import Core

/// What is on disk must mean the same to every later version (see also ``DedupFormatTests``).
@Suite struct StoreFormatTests {
    @Test func packedPlatesAreWhatTheyWereAlways() async throws {
        var limits = Limits()
        limits.recordsPerPlateCount = 4
        limits.recordsPerFrequentPlate = 3
        let site = try TestSite(limits: limits)
        // Each commit counts what came before it, too.
        for plate in ["กข 1 ตาก", "AB 12", "กข 1 ตาก", "กข 1 ตาก"] {
            _ = try await site.recorder.record(site.read(plate, camera: "C1"))
        }
        for _ in 0..<4 { _ = try await site.recorder.record(site.read("AB 12", camera: "C2")) }
        _ = try await site.recorder.record(site.read("AB 12", camera: "C2"))
        try site.store.readAndWait { snapshot in
            func hex(_ sql: String) throws -> [String] {
                try String.fetchAll(snapshot.db, sql: sql)
            }
            let province = try #require(Province(name: "ตาก")).code
            let code = String(province + 1, radix: 16, uppercase: true)
            let padded = String(repeating: "0", count: 2 - code.count) + code
            #expect(
                try hex("SELECT hex(numbers) FROM plate_numbers")
                    == ["\(padded)E0B881E0B8823100" + "0141423132" + "00"]
            )
            #expect(try hex("SELECT hex(reads) FROM plate_reads") == ["0300000005000000"])
            #expect(
                try hex(
                    """
                    SELECT plate || ' ' || hex(reads) FROM \(HeavyHitterCounts.table) ORDER BY plate
                    """
                )
                    == ["1 0000000003000000", "2 000000000100000004000000"]
            )
            #expect(try Watermarks.keys.map { try snapshot.db.meta($0) } == ["8", "2", "9", "0"])
        }
        try await site.close()
    }

    @Test func histogramsAreWhatTheyWereAlways() {
        var histogram = PercentHistogram([])
        #expect(histogram.bytes == [])
        histogram.add([29, 30, 30] + [UInt8](repeating: 32, count: 300))
        #expect(histogram.bytes == [29, 1, 2, 0, 0xAC, 0x02])
        #expect(PercentHistogram(histogram.bytes).counts == histogram.counts)
        histogram.add([29 | PercentHistogram.removal])
        #expect(histogram.bytes == [30, 2, 0, 0xAC, 0x02])
    }

    @Test func theFlushCursorIsWhatItWasAlways() throws {
        let queue = try TestSite.databaseInMemory()
        try Schema.migrator.migrate(queue)
        try queue.write { db in
            var cursor = FlushCursor(entered: 7)
            (cursor.latestBefore, cursor.nextGroup) = (9, 1_023)
            try cursor.write(db)
            #expect(try db.meta(FlushCursor.key) == "7 9 1023")
            let kept = try #require(try FlushCursor(db))
            #expect((kept.entered, kept.latestBefore, kept.nextGroup) == (7, 9, 1_023))
        }
    }
}
