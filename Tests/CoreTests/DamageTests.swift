import Foundation
import GRDB
import Testing

@testable import Core

/// A check finds each kind of damage, says what to do, and finds nothing in a database that is sound; what a reindex is to
/// mend, it mends.
@Suite struct DamageTests {
    /// Damage to a closed database, and the expected finding.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kinds: Set<Finding.Kind>
        let damage: @Sendable (Database) throws -> Void

        init(
            _ name: String,
            _ kinds: Set<Finding.Kind>,
            _ damage: @escaping @Sendable (Database) throws -> Void
        ) {
            (testDescription, self.kinds, self.damage) = (name, kinds, damage)
        }

        /// Damage that a statement does, to at least one row.
        init(_ name: String, _ kinds: Set<Finding.Kind>, sql: String) {
            self.init(name, kinds) { db in
                try db.execute(sql: sql)
                #expect(db.changesCount > 0, "nothing was damaged")
            }
        }
    }

    @Test(arguments: counters + plates + indexes + dedup + marks + others)
    func isFoundAndMended(_ damage: Damage) async throws {
        let site = try await DamageTests.site()
        try await site.stop()
        let queue = try TestSite.database(at: site.store.path)
        try await queue.writeWithoutTransaction { db in
            try SQLFunctions.add(to: db)
            try damage.damage(db)
        }
        try queue.close()
        let findings = try DamageTests.check(site)
        let found = Set(findings.map(\.kind))
        #expect(found.isSuperset(of: damage.kinds), "\(findings.map(\.sentence))")
        for finding in findings {
            #expect(finding.count > 0 && !finding.example.isEmpty)
            #expect(finding.sentence.hasSuffix(finding.kind.remedy.sentence))
        }
        // What has another remedy stays: DamageTests+Remedies.
        let mended = try DamageTests.reindexAndCheck(site)
        let others = found.filter { $0.remedy != .reindex }
        #expect(Set(mended.map(\.kind)) == others, "\(mended.map(\.sentence))")
        try FileManager.default.removeItem(at: site.folder)
    }

    @Test func aSoundSiteIsFoundSound() async throws {
        let site = try await DamageTests.site()
        try site.expectSound()
        #expect(try site.findings(pictures: true) == [])
        try await site.stop()
        #expect(try DamageTests.check(site) == [])
        #expect(try DamageTests.check(site, quick: true) == [])
        try FileManager.default.removeItem(at: site.folder)
    }

    /// Opened as beside a service: nothing is brought up to date or written.
    static func check(_ site: TestSite, quick: Bool = false) throws -> [Finding] {
        var findings: [Finding] = []
        do {
            let store = try Store(
                path: site.store.path,
                calendar: site.calendar,
                limits: site.store.limits,
                besideService: true
            )
            defer { try? store.close() }
            try StoreCheck(store: store, picturesPath: site.pictures.path, pictureGraceSeconds: 0)
                .run(quick: quick) { findings.append($0) }
        } catch {
            guard let finding = StoreCheck.finding(for: error) else { throw error }
            findings.append(finding)
        }
        return findings
    }

    /// Makes everything that follows from the records again, and checks.
    static func reindexAndCheck(_ site: TestSite) throws -> [Finding] {
        let store = try Store(
            path: site.store.path,
            calendar: site.calendar,
            limits: site.store.limits,
            finishesReindex: false
        )
        defer { try? store.close() }
        try store.reindex { _ in }
        var findings: [Finding] = []
        try StoreCheck(store: store, picturesPath: site.pictures.path, pictureGraceSeconds: 0)
            .run { findings.append($0) }
        return findings
    }

    /// A site of small segments and pages, so that a few hundred records fill some of each.
    static func site() async throws -> TestSite {
        var limits = Limits()
        limits.recordsPerPlateCount = 20
        limits.recordsPerFrequentPlate = 30
        limits.dedupMemtableMax = 4
        let site = try TestSite(
            limits: limits,
            recordsPerSegment: 64,
            dedupSalt: "0123456789abcdef01234567"
        )
        _ = try await site.recorder.addToBlacklist(site.draft("AB 3"), by: .system)
        let removed = try await site.recorder.addToBlacklist(
            site.draft("AB 4", expiry: "2099-01-01T00:00:00Z"),
            by: .system
        )
        _ = try await site.recorder.addToBlacklist(
            site.draft("AB 5", expiry: "2099-01-02T00:00:00Z"),
            by: .system
        )
        try await site.recorder.removeFromBlacklist(entryID: removed, by: .system)
        for step in 0..<60 {
            let reads = try (0..<5).map { number in
                try site.read(
                    ["AB \(step % 7)", "กข \(number) ตาก", "XY 1"][number % 3],
                    camera: "C\(1 + number % 3)",
                    seen: "2026-01-0\(1 + step / 20)T1\(step % 4):00:0\(number)Z",
                    eventID: "\(step)-\(number)",
                    confidence: [0.9, 0.29, nil][number % 3],
                    picture: step % 10 == 0 ? TestSite.png : nil,
                    location: Location(
                        text: "gate \(step / 30)",
                        latitude: nil,
                        longitude: nil,
                        limits: limits
                    )
                )
            }
            _ = try await site.recorder.record(reads)
        }
        for id in [7, 130, 295] as [Int64] {
            try await site.recorder.deleteRecord(id: id, by: .system)
        }
        // Some that wait for their indexes.
        _ = try await site.recorder.record((0..<7).map { try site.read("XY 1", eventID: "w\($0)") })
        return site
    }

    // MARK: - Pictures

    @Test(arguments: ["missing", "truncated", "empty", "foreign"])
    func damageOfPicturesIsFound(_ kind: String) async throws {
        let site = try await DamageTests.site()
        let picture = try await site.store.read {
            try String.fetchOne($0.db, sql: "SELECT MAX(picture) FROM records WHERE id = 251")
        }
        let file = site.folder.appending(path: "images/\(try #require(picture))")
        let expected: Finding.Kind
        switch kind {
        case "missing":
            try FileManager.default.removeItem(at: file)
            expected = .pictureMissing
        case "truncated":
            try Data(TestSite.png.dropLast(9)).write(to: file)
            expected = .pictureDamaged
        case "empty":
            try Data().write(to: file)
            expected = .pictureDamaged
        default:
            let name = "0123456789abcdef.png"
            let other = file.deletingLastPathComponent().appending(path: name)
            try Data(TestSite.png).write(to: other)
            expected = .pictureForeign
        }
        let findings = try site.findings(pictures: true)
        #expect(findings.map(\.kind) == [expected] && findings.first?.count == 1)
        #expect(expected.remedy == (kind == "foreign" ? .removePicture : .restorePicture))
        if kind == "missing" {
            // The picture is one of a sample, as there are few records.
            var found: [Finding.Kind] = []
            try StoreCheck(store: site.store, picturesPath: site.pictures.path).run(quick: true) {
                found.append($0.kind)
            }
            #expect(found == [.pictureMissing])
        }
        try await site.close()
    }

    /// Those of a record beside its main one.
    @Test(arguments: ["missing", "truncated"])
    func damageOfFurtherPicturesIsFound(_ kind: String) async throws {
        let site = try await DamageTests.site()
        let picture = ReadPicture(try Picture(TestSite.png, limits: Limits()), showing: .plate)
        #expect(try await site.recorder.add(picture, toRecord: 251))
        let path = try await site.store.read {
            try String.fetchOne($0.db, sql: "SELECT path FROM pictures WHERE record = 251")
        }
        let file = site.folder.appending(path: "images/\(try #require(path))")
        if kind == "missing" {
            try FileManager.default.removeItem(at: file)
        } else {
            try Data(TestSite.png.dropLast(9)).write(to: file)
        }
        let findings = try site.findings(pictures: true)
        #expect(findings.map(\.kind) == [kind == "missing" ? .pictureMissing : .pictureDamaged])
        try await site.close()
    }

    /// A page of the file is overwritten.
    @Test func aTornPageIsFound() async throws {
        let site = try await DamageTests.site()
        try await site.stop()
        let queue = try TestSite.database(at: site.store.path)
        let (root, size) = try await queue.writeWithoutTransaction { db in
            _ = try db.checkpoint(.truncate)
            return (
                try Int.fetchOne(
                    db,
                    sql: "SELECT rootpage FROM sqlite_master WHERE name = 'plate_records'"
                ) ?? 0,
                try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            )
        }
        try queue.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: site.store.path))
        try file.seek(toOffset: UInt64((root - 1) * size))
        try file.write(contentsOf: [UInt8](repeating: 0x5A, count: size / 2))
        try file.close()
        let findings = try DamageTests.check(site)
        #expect(findings.first?.kind == .databaseFile)
        #expect(findings.first?.kind.remedy == .restoreBackup)
        let refusal = #expect(throws: Refusal.self) { try DamageTests.reindexAndCheck(site) }
        #expect(refusal?.code == "reindex_failed" && refusal?.message.contains("backup") == true)
        try FileManager.default.removeItem(at: site.folder)
    }
}
