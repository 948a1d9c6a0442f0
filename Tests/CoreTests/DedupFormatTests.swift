import Foundation
import GRDB
import Testing

@testable import Core

/// The format of stored event ids.
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
        filters.insert(packed, segment: 3)
        let bytes = filters.bytes(ofSegment: 3, part: 4_050 / 512)
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
            let rows = try Row.fetchAll(db, sql: "SELECT id, hex(entries) FROM dedup_buckets")
            #expect(rows.map { $0[0] as Int64 } == [4_050, 2 * 8_192 + 2_155])
            #expect(rows.map { $0[1] as String } == ["0500C01D3488", "FFFFCF7F1E6E"])
        }
    }

    /// A filter of which a part is lost is made anew.
    @Test func aLostPartOfAFilterIsMadeAnew() async throws {
        var limits = Limits()
        limits.dedupMemtableMax = 0
        var site = try TestSite(limits: limits, recordsPerSegment: 50)
        let reads = try (0..<300).map { try site.read(eventID: "\($0)") }
        for read in reads { _ = try await site.recorder.record(read) }
        try await site.recorder.change { writer in
            try writer.db.execute(
                sql: """
                    DELETE FROM dedup_filters WHERE run = 1 AND part > 3;
                    UPDATE dedup_filters SET bits = x'00' WHERE run = 2;
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
        try await other.write { try $0.execute(sql: "DELETE FROM meta WHERE key = 'dedup_salt'") }
        try other.close()
        let refusal = #expect(throws: Refusal.self) { try TestSite(folder: site.folder) }
        #expect(refusal?.message.contains("run `lprserver reindex`") == true)
        // The store that was refused may close its files meanwhile, which removes them, too.
        try? FileManager.default.removeItem(at: site.folder)
    }
}
