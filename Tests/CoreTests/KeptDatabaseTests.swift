import Foundation
import GRDB
import Synchronization
import Testing

@testable import Core

/// A database of each schema version that can still be opened, as that version wrote it, with its answers.
///
/// `Databases/README.md` explains how to add one.
@Suite struct KeptDatabaseTests {
    /// Between the reads, so that there are some days of them.
    private static let start = Timestamp(milliseconds: 1_795_900_000_000)
    private static let plates = ["กข 12", "1กก 1001 กรุงเทพมหานคร", "AB", "ขก?"]

    private static var limits: Limits {
        var limits = Limits()
        limits.recordsPerPlateCount = 40
        limits.dedupMemtableMax = 30
        limits.recordsPerFrequentPlate = 25
        return limits
    }

    private static var folder: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Databases")
    }

    private static func answers(_ site: TestSite, at now: Timestamp) throws -> String {
        let lines = try site.store.readAndWait {
            try StoreAnswers.lines($0, at: now, plates: plates)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A kept database in its own folder.
    private static func unpacked(_ name: String) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lpr-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try contents("\(name).db").write(to: folder.appending(path: "test.db"))
        return folder
    }

    private static func contents(_ name: String) throws -> Data {
        let unzip = Process()
        unzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        unzip.arguments = ["gzip", "-dc", folder.appending(path: "\(name).gz").path]
        let output = Pipe()
        unzip.standardOutput = output
        try unzip.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        unzip.waitUntilExit()
        try #require(unzip.terminationStatus == 0)
        return data
    }

    /// Each object of the schema and its SQL, without differences of form.
    private static func schema(_ db: Database) throws -> [String] {
        let rows = try Row.fetchCursor(db, sql: "SELECT type, name, sql FROM sqlite_master")
        var objects: [String] = []
        while let row = try rows.next() {
            let sql = (row["sql"] as String? ?? "").replacing("\"", with: "")
            let form = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                .replacing(" , ", with: ", ").replacing(" )", with: ")").replacing("( ", with: "(")
            objects.append("\(row["type"] as String) \(row["name"] as String): \(form)")
        }
        return objects.sorted()
    }

    /// Each database, and whose answers are its own.
    private static let kept = [
        ("schema-14", "schema-14"), ("schema-15", "schema-14"), ("schema-16", "schema-14"),
        ("schema-18", "schema-14"), ("schema-19", "schema-14"),
    ]

    /// What the tables of later schemas have is not among the answers.
    @Test(
        arguments: [
            ("schema-16", "SELECT name || ' ' || position FROM followers", ["publisher 400"]),
            (
                "schema-16", "SELECT kind || ' ' || first || ' ' || last FROM changes",
                ["1 1 41", "1 333 333", "2 400 400"]
            ),
            (
                "schema-16",
                "SELECT DISTINCT length(picture_digest) FROM records WHERE picture > ''",
                ["32"]
            ),
            (
                "schema-16", "SELECT value FROM meta WHERE key = 'site_id'",
                ["0bf820262c4fde973b866f7efa79bdab"]
            ),
            ("schema-18", "SELECT record || ' ' || subject FROM pictures", ["421 3"]),
            ("schema-18", "SELECT DISTINCT IFNULL(principal, '-') FROM audit", ["-", "local"]),
            (
                "schema-19",
                "SELECT id || ' ' || name || ' ' || role || ' ' || enabled FROM people",
                ["1 สมชาย admin 1", "2 gate operator 0"]
            ),
            (
                "schema-19",
                "SELECT id || ' ' || IFNULL(cameras, '-') || ' ' || IFNULL(revoked, '-') FROM tokens",
                [#"1 ["CAM001"] -"#, "2 - 1796200000000"]
            ),
            (
                "schema-19", "SELECT person || ' ' || hex(digest) FROM recovery_codes",
                ["1 00", "1 01"]
            ),
            ("schema-19", "SELECT person || ' ' || agent FROM sessions", ["1 Firefox"]),
        ]
    )
    func laterTablesKeepTheirRows(name: String, sql: String, rows: [String]) async throws {
        let site = try TestSite(limits: Self.limits, folder: Self.unpacked(name))
        #expect(try await site.store.read { try String.fetchAll($0.db, sql: sql) } == rows)
        try site.expectSound()
        try await site.close()
    }

    /// All answers equal those of the version that wrote it, its tables equal those of a new database, and its reads
    /// are recognised as duplicates.
    @Test(arguments: kept)
    func keptDatabaseIsTakenOver(name: String, answers: String) async throws {
        let new = try TestSite()
        let expected = try String(bytes: Self.contents("\(answers).txt"), encoding: .utf8) ?? ""
        let lines = expected.split(separator: "\n").map(String.init)
        let clock = SteppedClock(Self.start.adding(seconds: 430 * 700 + 400_000))
        let site = try TestSite(limits: Self.limits, folder: Self.unpacked(name)) { clock.now }
        let answers = try Self.answers(site, at: clock.now).split(separator: "\n").map(String.init)
        #expect(answers == lines)
        let tables = try await site.store.read { try Self.schema($0.db) }
        #expect(try await new.store.read { try Self.schema($0.db) } == tables)
        let receipt = try await site.recorder.record(
            site.read("ก 1", camera: "CAM003", eventID: "รถ-422")
        )
        #expect(receipt.isDuplicate && receipt.recordID == 423)
        let deleted = try await site.recorder.record(
            site.read("ก 1", camera: "CAM003", eventID: "รถ-398")
        )
        #expect(deleted.isDuplicate && deleted.recordID == 399)
        #expect(try await site.recorder.record(site.read("ก 1")).recordID == 431)
        try await site.close()
        try await new.close()
    }

    private static let otherSchemas: [(String?, String?, String)] = [
        ("14 clocks of cameras", nil, "older"), (nil, "99 to come", "newer"),
    ]

    /// The schema between two migrations that are one today, and one that is to come.
    @Test(arguments: otherSchemas)
    func otherSchemasAreRefused(missing: String?, added: String?, kind: String) async throws {
        let folder = try Self.unpacked("schema-14")
        let path = folder.appending(path: "test.db").path
        let queue = try TestSite.database(at: path)
        try await queue.write { db in
            try db.execute(
                sql: "DELETE FROM grdb_migrations WHERE identifier = ?",
                arguments: [missing]
            )
            guard let added else { return }
            try db.execute(sql: "INSERT INTO grdb_migrations VALUES (?)", arguments: [added])
        }
        try queue.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        for _ in 0..<2 {
            let refusal = #expect(throws: Refusal.self) { try TestSite(folder: folder) }
            #expect(refusal?.code == "\(kind)_database")
            #expect(refusal?.message.contains("nothing was changed") == true)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        try FileManager.default.removeItem(at: folder)
    }

    /// `LPR_KEEP_DATABASE=name` writes `Databases/name.db` and what it answers.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["LPR_KEEP_DATABASE"] != nil))
    func keepDatabase() async throws {
        let name = ProcessInfo.processInfo.environment["LPR_KEEP_DATABASE"] ?? "new"
        let clock = SteppedClock(Self.start)
        let site = try TestSite(
            limits: Self.limits,
            recordsPerSegment: 100,
            clock: { clock.now }
        )
        try await History(site: site, clock: clock).live()
        await site.recorder.stop()
        try site.store.close()
        let copy = Self.folder.appending(path: "\(name).db")
        try? FileManager.default.removeItem(at: copy)
        let (source, target) = (
            try DatabaseQueue(path: site.store.path), try DatabaseQueue(path: copy.path)
        )
        try source.backup(to: target)
        try source.close()
        try target.close()
        let again = try TestSite(limits: Self.limits, folder: site.folder) { clock.now }
        try Self.answers(again, at: clock.now).write(
            to: Self.folder.appending(path: "\(name).txt"),
            atomically: true,
            encoding: .utf8
        )
        try await again.close()
    }
}

/// A clock that a test steps.
private final class SteppedClock: Sendable {
    private let instant: Mutex<Timestamp>

    init(_ instant: Timestamp) { self.instant = Mutex(instant) }

    var now: Timestamp { instant.withLock { $0 } }

    func advance(seconds: Int) { instant.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// The history of a kept database.
private struct History {
    let site: TestSite
    let clock: SteppedClock

    func live() async throws {
        try await list()
        for number in 0..<400 { try await record(number) }
        try await site.recorder.deleteRecord(id: 399, by: .system)
        for id in [5, 120, 333] as [Int64] {
            try await site.recorder.deleteRecord(id: id, by: .system)
        }
        _ = try await site.recorder.change { writer in
            try writer.deleteRecords(
                receivedBefore: writer.now.adding(seconds: -220_000),
                limit: 40
            )
        }
        try await reportHealth()
        try await site.recorder.removeFromBlacklist(entryID: 2, by: .system)
        clock.advance(seconds: 400_000)
        try await site.recorder.noteExpiries()
        for number in 400..<430 { try await record(number) }
    }

    private func list() async throws {
        for (text, expiry) in [
            ("1กก 1001 กรุงเทพมหานคร", nil), ("กข 1200", nil), ("AB 7 ชลบุรี", "2026-11-30"),
            ("ขก 3", nil), ("ZZ 99", "2031-01-01"),
        ] {
            _ = try await site.recorder.addToBlacklist(
                site.draft(text, expiry: expiry),
                by: .system
            )
        }
    }

    private func record(_ number: Int) async throws {
        clock.advance(seconds: 700)
        let texts = [
            "1กก 1001 กรุงเทพมหานคร", "กข 12\(number % 7)0", "AB \(number % 9) ชลบุรี",
            "ขก \(number % 5)", "นอ \(number) เชียงใหม่",
        ]
        let eventIDs = [
            nil, "0b5ad1e0-0000-4000-8000-00000000\(1_000 + number)", "รถ-\(number)",
            "00ff\(1_000 + number)",
        ]
        let read = try Read(
            cameraID: "CAM00\(number % 3 + 1)",
            plate: Plate(texts[number % texts.count], limits: site.store.limits),
            confidence: number % 11 == 0 ? nil : Confidence(Double(50 + number % 50) / 100),
            picture: number % 60 == 0 ? Picture(TestSite.png, limits: site.store.limits) : nil,
            location: Location(
                keptText: number % 2 == 0 ? "ด่าน \(number % 3)" : nil,
                latitude: number % 2 == 0 ? 13.75 : nil,
                longitude: number % 2 == 0 ? 100.5 : nil
            ),
            cameraTime: number % 13 == 0 ? clock.now.adding(seconds: -3_600) : nil,
            receivedAt: clock.now,
            eventID: eventIDs[number % eventIDs.count],
            details: number % 17 == 0 ? [.init("lane", .number(2))] : [],
            warnings: number % 19 == 0
                ? [Warning(.invalid("image_data", "is wrong"), field: "image")]
                : [],
            limits: site.store.limits
        )
        if number % 23 == 0 {
            let detection = try Detection(
                cameraID: read.cameraID,
                checkpointID: "ด่านเหนือ",
                vehicles: 2,
                plates: 1,
                receivedAt: clock.now,
                cameraTime: nil,
                eventID: "d\(number)",
                reads: [read],
                limits: site.store.limits
            )
            _ = try await site.recorder.record(detection)
        } else {
            _ = try await site.recorder.record(read)
        }
    }

    private func reportHealth() async throws {
        for status in [HealthReport.Status.healthy, .warning] {
            let report = try HealthReport(
                cameraID: "CAM002",
                component: "เลนส์",
                status: status,
                message: "ฝุ่น",
                details: nil,
                receivedAt: clock.now,
                limits: site.store.limits
            )
            _ = try await site.recorder.record(report)
        }
        try await site.recorder.record(HealthCheck(checkedAt: clock.now, components: []))
        let counts = RefusalCounts(recorder: site.recorder)
        let refusal = Refusal(.invalid, "image_data is wrong", field: "image_data", code: "x")
        counts.add(refusal.of("CAM003"), at: clock.now, count: 3)
        try await counts.write()
        try await site.recorder.change { try $0.register("CAM001", checkpointID: "ด่านใต้") }
        try await site.recorder.advanceDay(to: site.calendar.day(of: clock.now))
        try await site.recorder.announceSite(eventID: 10, pages: 7)
        try await site.recorder.disconnect(cameraID: "CAM003")
    }
}
