import Foundation
import GRDB
import Logging
import Testing

@testable import Core
@testable import Ingest

/// The routes over a store of their own, without a socket.
private final class AuditedService {
    let store: Store
    let recorder: Recorder
    let router: Router
    private let folder: URL

    init(purpose: PurposeRule = .off) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "lpr-\(UUID().uuidString)")
        let calendar = SiteCalendar(timeZone: .gmt)
        store = try Store(path: folder.appending(path: "t.db").path, calendar: calendar)
        let images = folder.appending(path: "i").path
        let feed = Feed()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        recorder = try Recorder(
            store: store,
            pictures: PictureFolder(path: images, calendar: calendar),
            feed: feed,
            logger: logger,
            clock: Timestamp.now
        )
        let log = StoredEventLog(store: store, feed: feed)
        let backend = Backend(
            store: store,
            recorder: recorder,
            events: EventStream(log: log, limits: store.limits, logger: logger),
            monitor: HealthMonitor(store: store, recorder: recorder) { [] },
            logger: logger,
            purpose: purpose
        )
        try FileManager.default.createDirectory(
            atPath: images + "/2026",
            withIntermediateDirectories: true
        )
        try Data("picture".utf8).write(to: URL(fileURLWithPath: images + "/2026/a.jpg"))
        router = Router(
            routes: Routes.all(
                backend,
                AccessControl(credentials: Credentials(), recorder: recorder, logger: logger)
            ),
            fallback: StaticFiles(
                pagesPath: folder.appending(path: "p").path,
                picturesPath: images,
                lookUps: backend.lookUps
            )
        )
    }

    func get(
        _ path: String,
        _ query: [(String, String)] = [],
        headers: [(String, String)] = []
    ) async -> (status: Int, body: [UInt8]) {
        let request = Request(
            method: .get,
            path: path,
            query: QueryItems(query.map { (name: $0.0, value: $0.1) }),
            headers: Headers(headers.map { (name: $0.0, value: $0.1) })
        )
        let response = await router.respond(to: request)
        switch response.body {
        case .bytes(let bytes): return (response.status, bytes)
        case .stream(let stream):
            var all: [UInt8] = []
            while let chunk = try? await stream.next() { all += chunk }
            return (response.status, all)
        default: return (response.status, [])
        }
    }

    /// Each entry as `action subject detail purpose outcome`.
    func entries() throws -> [String] {
        try store.readAndWait { snapshot in
            try snapshot.audit(AuditQuery(limit: 1_000)).entries.reversed().map { entry in
                let event = entry.event
                return [event.action, event.subject, event.detail, event.actor.purpose]
                    .map { $0 ?? "-" }.joined(separator: " ")
            }
        }
    }

    /// Changes the database as a user with the file could.
    func run(_ sql: String) async throws {
        _ = try await recorder.change { try $0.db.execute(sql: sql) }
    }

    func close() async throws {
        await recorder.stop()
        try store.close()
        try FileManager.default.removeItem(at: folder)
    }
}

@Suite struct AuditRoutesTests {
    private static func run(
        purpose: PurposeRule = .off,
        _ body: (AuditedService) async throws -> Void
    ) async throws {
        let service = try AuditedService(purpose: purpose)
        try await body(service)
        try await service.close()
    }

    @Test func everyLookUpIsKeptWithItsQuestion() async throws {
        try await Self.run { service in
            let plate = ("plate_number", "กข 1234")
            #expect(await service.get("/api/records", [plate, ("match", "exact")]).status == 200)
            #expect(await service.get("/api/blacklist", [plate]).status == 200)
            #expect(await service.get("/api/records/7").status == 404)
            #expect(await service.get("/api/records", [("format", "csv")]).status == 200)
            #expect(await service.get("/images/2026/a.jpg").status == 200)
            // What names no plate is none.
            #expect(await service.get("/api/records", [("camera_id", "CAM001")]).status == 200)
            #expect(await service.get("/api/records", [("plate_number", "")]).status == 200)
            #expect(await service.get("/api/blacklist").status == 200)
            #expect(await service.get("/api/statistics").status == 200)
            #expect(await service.get("/images/2026/b.jpg").status == 404)
            let embedded = [("Sec-Fetch-Dest", "image")]
            #expect(await service.get("/images/2026/a.jpg", headers: embedded).status == 200)
            // Through nginx.
            for (path, dest) in [
                ("/images/x%20y.jpg?a=b", "document"), ("/images/z.jpg", "image"), ("/records", ""),
            ] {
                let original = [("X-Original-URI", path), ("X-Original-Dest", dest)]
                #expect(await service.get("/api/access", headers: original).status == 204)
            }
            // What is malformed asks nothing.
            #expect(await service.get("/api/records", [plate, ("page", "x")]).status == 400)
            let entries = try service.entries()
            #expect(
                entries == [
                    "plate.look_up กข 1234 plate_number=กข 1234&match=exact -",
                    "blacklist.look_up กข 1234 plate_number=กข 1234 -", "record.open 7 - -",
                    "records.export - format=csv -", "picture.open /images/2026/a.jpg - -",
                    "picture.open /images/x y.jpg - -",
                ]
            )
            #expect(try service.store.verifyAudit().isSound)
        }
    }

    @Test func aPurposeIsKept() async throws {
        try await Self.run { service in
            _ = await service.get("/api/records/1", [("purpose", "case 12")])
            let thai = [("X-Purpose", "%E0%B8%84%E0%B8%94%E0%B8%B5 5")]
            _ = await service.get("/api/records/2", headers: thai)
            // The parameter first.
            _ = await service.get(
                "/api/records/3",
                [("purpose", "a")],
                headers: [("X-Purpose", "b")]
            )
            let long = String(repeating: "ก", count: 201)
            #expect(await service.get("/api/records/4", [("purpose", long)]).status == 400)
            #expect(await service.get("/api/records/4", [("purpose", "a\nb")]).status == 400)
            for wrong in ["%", "%E0", "%FF", "100% sure"] {
                let answer = await service.get("/api/records/4", headers: [("X-Purpose", wrong)])
                #expect(answer.status == 400, "\(wrong)")
            }
            let entries = try service.entries()
            #expect(
                entries == [
                    "record.open 1 - case 12", "record.open 2 - คดี 5", "record.open 3 - a",
                ]
            )
        }
    }

    private static let lookUps: [(String, [(String, String)])] = [
        ("/api/records", [("plate_number", "1")]), ("/api/records", [("format", "ndjson")]),
        ("/api/records/7", []), ("/api/blacklist", [("plate_number", "1")]),
        ("/images/2026/a.jpg", []),
    ]

    @Test func aRequiredPurposeIsRequired() async throws {
        try await Self.run(purpose: .required) { service in
            for (path, query) in Self.lookUps {
                for empty in [[], [("purpose", " ")]] {
                    let answer = await service.get(path, query + empty)
                    let json = try JSONParser.parse(answer.body)
                    #expect(answer.status == 403)
                    #expect(json["code"] == .string("purpose_required"), "\(path)")
                }
                let given = await service.get(path, query + [("purpose", "x")])
                #expect([200, 404].contains(given.status))
            }
            #expect(try service.entries().count == Self.lookUps.count)
            #expect(await service.get("/api/records").status == 200)
        }
    }

    @Test func theConsoleIsAskedForAPurposeAndProgramsAreNot() async throws {
        try await Self.run(purpose: .ask) { service in
            let (path, query) = ("/api/records", [("plate_number", "1")])
            let console = [("Sec-Fetch-Mode", "cors")]
            #expect(await service.get(path, query).status == 200)
            #expect(await service.get(path, query, headers: console).status == 403)
            // The reader was asked and said nothing.
            let asked = console + [("X-Purpose", "%20")]
            #expect(await service.get(path, query, headers: asked).status == 200)
            #expect(await service.get("/images/2026/a.jpg").status == 200)
        }
    }

    /// Nothing is answered whose entry could not be written.
    @Test func withoutTheAuditThereIsNoAnswer() async throws {
        try await Self.run { service in
            try await service.run(
                "CREATE TRIGGER stop BEFORE INSERT ON audit BEGIN SELECT RAISE(FAIL, 'no'); END"
            )
            for (path, query) in Self.lookUps {
                let answer = await service.get(path, query)
                let json = try JSONParser.parse(answer.body)
                #expect(answer.status == 503 && json["code"] == .string("audit_failed"), "\(path)")
            }
            #expect(await service.get("/api/audit").status == 503)
            #expect(await service.get("/api/records").status == 200)
            #expect(try service.entries().isEmpty)
        }
    }

    // MARK: - GET /api/audit

    private static func fill(_ service: AuditedService) async throws {
        for number in 1...30 {
            let isRefused = number % 3 == 0
            try await service.recorder.audit(
                AuditEvent(
                    Actor(
                        id: "person:\(number % 2)",
                        name: "=name\(number % 2)",
                        address: "10.0.0.1",
                        role: "viewer",
                        purpose: number == 5 ? "case five" : nil
                    ),
                    number % 2 == 0 ? "plate.look_up" : "record.open",
                    subject: "กข \(number)",
                    outcome: isRefused ? .refused : .allowed,
                    code: isRefused ? "forbidden" : nil
                )
            )
        }
    }

    private static func subjects(_ answer: (status: Int, body: [UInt8])) throws -> [String] {
        #expect(answer.status == 200)
        guard case .array(let entries)? = try JSONParser.parse(answer.body)["entries"] else {
            return []
        }
        return entries.compactMap { entry in
            // Not the entries of the questions themselves.
            guard entry["action"] != .string("audit.open"),
                case .string(let subject)? = entry["subject"]
            else { return nil }
            return String(subject.dropFirst(3))
        }
    }

    @Test func filtersHoldAloneAndTogether() async throws {
        try await Self.run { service in
            try await Self.fill(service)
            func found(_ query: [(String, String)]) async throws -> [String] {
                try Self.subjects(await service.get("/api/audit", query))
            }
            let numbers = (1...30).reversed().map { $0 }
            #expect(try await found([]) == numbers.map { "\($0)" })
            #expect(
                try await found([("who", "person:1")])
                    == numbers.filter { $0 % 2 == 1 }.map { "\($0)" }
            )
            #expect(
                try await found([("who", "=name0")])
                    == numbers.filter { $0 % 2 == 0 }.map { "\($0)" }
            )
            #expect(try await found([("who", "name")]).isEmpty)
            #expect(try await found([("action", "plate.look_up")]).count == 15)
            #expect(try await found([("action", "plate.")]).count == 15)
            #expect(try await found([("outcome", "refused")]).count == 10)
            #expect(try await found([("text", "กข 1"), ("outcome", "allowed")]).count == 8)
            #expect(try await found([("text", "five")]) == ["5"])
            let today = service.store.calendar.day(of: .now())
            #expect(try await found([("from", "\(today)"), ("to", "\(today)")]).count == 30)
            #expect(try await found([("to", "\(today.adding(days: -1))")]).isEmpty)
            #expect(try await found([("from", "\(today.adding(days: 1))")]).isEmpty)
            for wrong in [("outcome", "x"), ("from", "x"), ("before", "0"), ("format", "ndjson")] {
                #expect(await service.get("/api/audit", [wrong]).status == 400)
            }
            #expect(await service.get("/api/audit", [("whom", "x")]).status == 400)
        }
    }

    @Test func pagesFollowEachOtherWithoutGaps() async throws {
        try await Self.run { service in
            try await Self.fill(service)
            var (seen, before): ([String], [(String, String)]) = ([], [])
            for _ in 0..<40 {
                let answer = await service.get("/api/audit", [("per_page", "7")] + before)
                seen += try Self.subjects(answer)
                guard case .number(let next)? = try JSONParser.parse(answer.body)["next_before"]
                else { break }
                before = [("before", "\(Int(next))")]
            }
            #expect(seen == (1...30).reversed().map { "\($0)" })
            #expect(await service.get("/api/audit", [("before", "999999")]).status == 200)
            // Each opening is an entry itself.
            #expect(try service.entries().last == "audit.open - before=999999 -")
        }
    }

    @Test func theExportHasAllAndNoFormulas() async throws {
        try await Self.run { service in
            try await Self.fill(service)
            let answer = await service.get("/api/audit", [("format", "csv"), ("text", "กข")])
            let lines = String(decoding: answer.body, as: UTF8.self).split(separator: "\r\n")
            #expect(lines.count >= 31 && lines[0].hasPrefix("\u{FEFF}id,at,principal,who"))
            #expect(lines[1].contains(",'=name0,") || lines[2].contains(",'=name0,"))
            #expect(try service.entries().last == "audit.export กข format=csv&text=กข -")
        }
    }

    @Test func aVerificationSaysWhatItFound() async throws {
        try await Self.run { service in
            try await Self.fill(service)
            let sound = try JSONParser.parse(await service.get("/api/audit/verification").body)
            #expect(sound["report"]?["sound"] == .bool(true))
            try await service.run("UPDATE audit SET who = 'x' WHERE id = 9")
            let broken = try JSONParser.parse(await service.get("/api/audit/verification").body)
            #expect(broken["report"]?["first_break"]?["entry"] == .number(9))
        }
    }
}
