import Foundation
import GRDB
import Testing

@testable import Core

/// How event ids are kept, and how those of the version before get there.
@Suite struct DedupFormatTests {
    /// A text and the bytes that another one is kept as are not the same.
    @Test func kindsOfEventIDsAreKeptApart() {
        let ids = ["6162", "ab", "AB", "ab00", "61620", "", "0b5ad1e0-0000-4000-8000-000000000000"]
        let hashes = ids.map { DedupHash(camera: 1, PackedEventID($0), salt: [1]).value }
        #expect(Set(hashes).count == ids.count)
        #expect(DedupHash(camera: 1, PackedEventID("ab"), salt: [2]).value != hashes[1])
    }

    /// What is on disk must mean the same to every later version.
    @Test func whatIsKeptIsWhatItWasAlways() throws {
        let salt = Array("00112233445566778899aabb".utf8)
        let packed = DedupHash(
            camera: 7,
            PackedEventID("0b5ad1e0-0000-4000-8000-000000000001"),
            salt: salt
        )
        let text = DedupHash(camera: 300, PackedEventID("รถ-1"), salt: salt)
        #expect(packed.value == 0xFD_2883_41DC && text.value == 0x86_B6E1_E7FC)
        var filters = DedupBloomFilters()
        filters.insert(packed, run: 3)
        let bytes = filters.bytes(ofRun: 3, part: 4_050 / 512)
        var bits: [Int] = []
        for (place, byte) in bytes.enumerated() {
            for bit in 0..<8 where (byte >> UInt8(bit)) & 1 == 1 { bits.append(place * 8 + bit) }
        }
        let block = 4_050 % 512 * 1_024
        #expect(bits == [block + 141, block + 372, block + 750, block + 946])
        let queue = try TestSite.databaseInMemory()
        try Schema.migrator.migrate(queue)
        try queue.write { db in
            let buckets = try DedupBuckets(db)
            for entry in [
                DedupEntry(hash: packed, record: 5), DedupEntry(hash: text, record: 0x2F_FFFF),
            ] {
                for (row, entries) in buckets.byRow([entry]) {
                    try buckets.add(entries, toRow: row)
                }
            }
            let rows = try Row.fetchAll(db, sql: "SELECT id, hex(entries) FROM event_buckets")
            #expect(rows.map { $0[0] as Int64 } == [4_050, 2 * 8_192 + 2_155])
            #expect(rows.map { $0[1] as String } == ["0500C01D3488", "FFFFCF7F1E6E"])
        }
    }

    /// All records of a database are entered, whatever gaps there are between them.
    @Test func aMigrationEntersRunByRun() throws {
        let queue = try TestSite.databaseInMemory()
        try Schema.migrator.migrate(queue, upTo: "7 late indexes")
        let ids = [3, 4, 9, 10, 11, 19, 20, 45, 46, 47, 60]
        try queue.write { db in
            for id in ids {
                try db.execute(
                    sql: """
                        INSERT INTO records (id, camera, plate, seen, delay, hit, event_id)
                        VALUES (?, 1, 1, 0, 0, 0, ?)
                        """,
                    arguments: [id, PackedEventID("e\(id)")]
                )
            }
            try Schema.indexEvents(db, recordsPerRun: 10)
            let index = try DedupIndex(db, limits: Limits())
            #expect(index.waiting.count == 0)
            for id in ids {
                let hash = index.hash(camera: 1, PackedEventID("e\(id)"))
                #expect(try index.candidates(hash) == [Int64(id)])
            }
            let kept = try Int64.fetchSet(db, sql: "SELECT run FROM event_filters")
            #expect(kept == [0, 1, 2, 4])
        }
    }

    /// Event ids of the version before are known, those that are entered and those that came since.
    @Test func eventsOfTheVersionBeforeAreKnown() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lpr-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let queue = try TestSite.database(at: folder.appending(path: "test.db").path)
        try Schema.migrator.migrate(queue, upTo: "7 late indexes")
        let events = ["1", "ab", "0b5ad1e0-0000-4000-8000-000000000001", "รถ", nil]
        try await queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO cameras (id, name, connected, first_heard, last_heard)
                    VALUES (7, 'CAM001', 0, 0, 0);
                    INSERT INTO plates VALUES (1, 'AB1', 0, 'AB 1');
                    """
            )
            for (place, event) in events.enumerated() {
                try db.execute(
                    sql: """
                        INSERT INTO records (id, camera, plate, seen, delay, hit, event_id)
                        VALUES (?, 7, 1, 0, 0, 0, ?)
                        """,
                    arguments: [10 + place, event.map(PackedEventID.init)]
                )
            }
        }
        try queue.close()
        let site = try TestSite(folder: folder)
        let receipts = try await site.recorder.record(
            events.map { try site.read("AB 1", eventID: $0) }
        )
        #expect(receipts.map(\.isDuplicate) == [true, true, true, true, false])
        #expect(receipts.map(\.recordID) == [10, 11, 12, 13, 15])
        try await site.close()
    }

    /// A filter of which a part is lost is made anew.
    @Test func aLostPartOfAFilterIsMadeAnew() async throws {
        var limits = Limits()
        limits.dedupMemtableMax = 0
        var site = try TestSite(limits: limits, recordsPerEventRun: 50)
        let reads = try (0..<300).map { try site.read(eventID: "\($0)") }
        for read in reads { _ = try await site.recorder.record(read) }
        try await site.recorder.change { writer in
            try writer.db.execute(
                sql: """
                    DELETE FROM event_filters WHERE run = 1 AND part > 3;
                    UPDATE event_filters SET bits = x'00' WHERE run = 2;
                    """
            )
        }
        await site.recorder.stop()
        try site.store.close()
        site = try TestSite(limits: limits, folder: site.folder)
        #expect(try await site.recorder.record(reads).allSatisfy(\.isDuplicate))
        try await site.close()
    }

    /// Where the writer cannot begin, the start says so.
    @Test func aDatabaseThatCannotBeReadStopsTheStart() async throws {
        let site = try TestSite()
        await site.recorder.stop()
        try site.store.close()
        let other = try DatabaseQueue(path: site.store.path)
        try await other.write { try $0.execute(sql: "DELETE FROM meta WHERE key = 'event_salt'") }
        try other.close()
        let refusal = #expect(throws: Refusal.self) { try TestSite(folder: site.folder) }
        #expect(refusal?.message.contains("restore a backup") == true)
        // The store that was refused may close its files meanwhile, which removes them, too.
        try? FileManager.default.removeItem(at: site.folder)
    }
}
