import Foundation
import GRDB
import Testing

@testable import Core

extension DamageTests {
    /// The kinds that a reindex leaves, with their remedy: what they say follows from nothing else.
    private static let otherRemedies: [Finding.Kind: Finding.Remedy] = [
        .databaseFile: .restoreBackup, .alerts: .restoreBackup, .references: .restoreBackup,
        .eventLog: .restoreBackup, .duplicates: .deleteRecord, .pictureMissing: .restorePicture,
        .pictureDamaged: .restorePicture, .pictureForeign: .removePicture,
        .pageDiffers: .generate, .pageMissing: .generate, .pageForeign: .generate,
        .pagesBehind: .generate, .audit: .investigate,
    ]

    @Test func eachKindHasItsRemedyAndItsDamage() {
        for kind in Finding.Kind.allCases {
            #expect(kind.remedy == Self.otherRemedies[kind] ?? .reindex, "\(kind)")
        }
        let damaged =
            (Self.counters + Self.plates + Self.indexes + Self.dedup + Self.marks
            + Self.others).reduce(into: Set<Finding.Kind>()) { $0.formUnion($1.kinds) }
        // Pictures are damaged below, pages by SiteCheckTests, the audit by AuditChainTests.
        let others = Finding.Kind.allCases.filter {
            ![.restorePicture, .removePicture, .generate, .investigate].contains($0.remedy)
        }
        #expect(damaged.isSuperset(of: others), "\(Set(others).subtracting(damaged))")
    }

    /// Whether its event id is entered or not: the later record is named, and once it is deleted, all is sound.
    @Test(arguments: [130, 308] as [Int64])
    func aReadThatStandsTwiceIsMendedByDeletion(id: Int64) async throws {
        let site = try await DamageTests.site()
        try await site.stop()
        let queue = try TestSite.database(at: site.store.path)
        try await queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO records (id, camera, plate, seen, delay, hit, event_id)
                    SELECT ?, camera, plate, seen, delay, 0, event_id FROM records WHERE id = 10
                    """,
                arguments: [id]
            )
        }
        try queue.close()
        let found = try DamageTests.reindexAndCheck(site)
        #expect(found.map(\.kind) == [.duplicates])
        #expect(found.first?.example == "record \(id) repeats record 10")
        let again = try TestSite(limits: site.store.limits, folder: site.folder)
        try await again.recorder.deleteRecord(id: id, by: .system)
        try again.expectSound()
        try await again.close()
    }
}
