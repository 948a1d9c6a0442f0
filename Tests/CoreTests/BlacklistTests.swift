import GRDB
import Testing

@testable import Core

@Suite struct BlacklistTests {
    @Test(arguments: ["กข 1234", "กข-1234", "กข๑๒๓๔", "กข1234 กรุงเทพมหานคร", "กข1234 ไม่ทราบ"])
    func everySpellingMatchesOnTheVeryNextRead(_ text: String) async throws {
        let site = try TestSite()
        #expect(try await site.recorder.record(site.read(text)).match == nil)
        let entry = try await site.recorder.addToBlacklist(site.draft("กข1234"), by: .system)
        #expect(try await site.recorder.record(site.read(text)).match == .certain)
        try await site.recorder.removeFromBlacklist(entryID: entry, by: .system)
        #expect(try await site.recorder.record(site.read(text)).match == nil)
        try await site.close()
    }

    @Test func aProvinceOfTheEntryIsEvidence() async throws {
        let site = try TestSite()
        _ = try await site.recorder.addToBlacklist(site.draft("กข1234 เชียงใหม่"), by: .system)
        #expect(try await site.recorder.record(site.read("กข 1234 เชียงใหม่")).match == .certain)
        #expect(try await site.recorder.record(site.read("กข 1234")).match == .possible)
        #expect(try await site.recorder.record(site.read("กข 1234 ตาก")).match == nil)
        _ = try await site.recorder.addToBlacklist(site.draft("กข1234"), by: .system)
        #expect(try await site.recorder.record(site.read("กข 1234 ตาก")).match == .certain)
        try await site.close()
    }

    @Test func anExpiredEntryDoesNotMatchAndGivesWay() async throws {
        let site = try TestSite()
        let past = Timestamp.now().adding(seconds: -1).rfc3339
        let future = Timestamp.now().adding(seconds: 3_600).rfc3339
        _ = try await site.recorder.addToBlacklist(site.draft("กข1234", expiry: past), by: .system)
        #expect(try await site.recorder.record(site.read()).match == nil)
        _ = try await site.recorder.addToBlacklist(
            site.draft("กข1234", expiry: future),
            by: .system
        )
        #expect(try await site.recorder.record(site.read()).match == .certain)
        try await site.close()
    }

    @Test func aPlateIsListedOnce() async throws {
        let site = try TestSite()
        _ = try await site.recorder.addToBlacklist(site.draft("กข 1234"), by: .system)
        let draft = try site.draft("กข-๑๒๓๔")
        let refusal = await #expect(throws: Refusal.self) {
            try await site.recorder.addToBlacklist(draft, by: .system)
        }
        #expect(refusal?.kind == .conflict)
        // The refused change left nothing behind, and the one before it still matches.
        #expect(
            try await site.store.read {
                try $0.blacklistCounts(at: .now()).inactive + $0.blacklistCounts(at: .now()).active
            } == 1
        )
        #expect(try await site.recorder.record(site.read()).match == .certain)
        try await site.close()
    }

    @Test func anInactiveOrUnknownEntryCannotBeRemoved() async throws {
        let site = try TestSite()
        let id = try await site.recorder.addToBlacklist(site.draft("กข1234"), by: .system)
        try await site.recorder.removeFromBlacklist(
            entryID: id,
            removedBy: "malee",
            by: Actor(id: "u7", name: "somchai", address: "10.0.0.7")
        )
        for (entry, kind) in [(id, Refusal.Kind.conflict), (99, .notFound)] {
            let refusal = await #expect(throws: Refusal.self) {
                try await site.recorder.removeFromBlacklist(entryID: entry, by: .system)
            }
            #expect(refusal?.kind == kind)
        }
        let entry = try await site.store.read { try $0.blacklistEntry(id: id) }
        #expect(entry?.removedBy == "malee" && entry?.isActive == false)
        // The name that a client sent is data of the entry; the audit has the authenticated principal.
        let audited = try await site.store.read { snapshot in
            try Row.fetchAll(snapshot.db, sql: "SELECT * FROM audit ORDER BY id").map { row in
                ["principal", "who", "address", "action"].map { row[$0] ?? "-" }
            }
        }
        #expect(
            audited == [
                ["system", "system", "-", "blacklist.add"],
                ["u7", "somchai", "10.0.0.7", "blacklist.remove"],
            ]
        )
        try await site.close()
    }

    @Test func aHitRaisesAnAlertWithItsEvent() async throws {
        let site = try TestSite()
        _ = try await site.recorder.addToBlacklist(site.draft("กข1234"), by: .system)
        let receipt = try await site.recorder.record(site.read())
        let events = try await site.store.read {
            try $0.events(after: 0, limit: 10, kinds: [.alert])
        }
        let alert = try #require(events.first)
        let json = try JSONParser.parse(Array(alert.json.utf8))
        #expect(json["type"] == .string("blacklist_alert"))
        #expect(json["lpr_record"]?["id"] == .number(Double(receipt.recordID)))
        #expect(json["blacklist_entry"]?["reason"] == .string("stolen"))
        let record = try await site.store.read {
            try $0.detections(since: .init(milliseconds: 0), limit: 5)
        }
        #expect(record.map(\.matchReason) == ["stolen"])
        try await site.close()
    }

    /// A page of alerts is one query, without further ones per alert, entry or camera location.
    @Test func aPageOfAlertsIsOneQuery() async throws {
        let site = try TestSite()
        for number in 0..<20 {
            _ = try await site.recorder.addToBlacklist(site.draft("กข \(number)"), by: .system)
        }
        _ = try await site.recorder.record((0..<20).map { try site.read("กข \($0)") })
        let store = site.store
        let (alerts, statements) = try await store.pool.read { db in
            var statements = 0
            db.trace { _ in statements += 1 }
            defer { db.trace(options: []) }
            let alerts = try store.snapshot(db).events(after: 0, limit: 256, kinds: [.alert])
            return (alerts, statements)
        }
        #expect(alerts.count == 20)
        #expect(statements == 1)
        try await site.close()
    }

    @Test func theListIsAskedForPageByPage() async throws {
        let site = try TestSite()
        let past = Timestamp.now().adding(seconds: -1).rfc3339
        let plates = ["กข 1", "กข 12 ตาก", "ขข 12", "กก 3 เชียงใหม่", "กก 4", "ABC 12"]
        for (index, plate) in plates.enumerated() {
            let draft = try site.draft(plate, expiry: index == 4 ? past : nil)
            _ = try await site.recorder.addToBlacklist(draft, by: .system)
        }
        try await site.recorder.removeFromBlacklist(entryID: 1, by: .system)
        func ids(_ change: @Sendable @escaping (inout BlacklistQuery) -> Void) async throws
            -> [Int64]
        {
            var query = BlacklistQuery(perPage: 100)
            change(&query)
            let asked = query
            let page = try await site.store.read { try $0.blacklist(asked, at: .now()) }
            if asked.perPage == 100, asked.beforeID == nil {
                #expect(page.total == page.entries.count)
            }
            return page.entries.map(\.id)
        }
        #expect(try await ids { _ in } == [6, 4, 3, 2])
        #expect(try await ids { $0.all = true } == [6, 5, 4, 3, 2, 1])
        #expect(try await ids { ($0.perPage, $0.page) = (3, 2) } == [2])
        #expect(try await ids { $0.beforeID = 4 } == [3, 2])
        #expect(try await ids { $0.plate = .init(text: "12", match: .contains) } == [6, 3, 2])
        #expect(try await ids { $0.plate = .init(text: "1๒ ตาก", match: .contains) } == [2])
        #expect(try await ids { $0.plate = .init(text: "เชียง", match: .contains) } == [4])
        #expect(try await ids { $0.plate = .init(text: "กข", match: .prefix) } == [2])
        #expect(try await ids { $0.plate = .init(text: "abc-12", match: .exact) } == [6])
        #expect(
            try await ids {
                $0.all = true
                $0.plate = .init(text: "กข", match: .contains)
            } == [2, 1]
        )
        try await site.close()
    }
}
