import Foundation
import GRDB
import Synchronization
import Testing

@testable import Core

/// The chain of digests: nothing can be changed, removed or added without a verification's noticing.
@Suite struct AuditChainTests {
    private static let camille = Actor(
        id: "person:3",
        name: "camille",
        address: "10.0.0.7",
        role: "viewer",
        purpose: "case 12"
    )

    private static func event(_ number: Int) -> AuditEvent {
        AuditEvent(
            camille,
            "plate.look_up",
            subject: "กข \(number)",
            detail: "match=exact",
            outcome: number % 2 == 0 ? .allowed : .refused,
            code: number % 2 == 0 ? nil : "purpose_required"
        )
    }

    private static func filled(_ count: Int = 6) async throws -> TestSite {
        let site = try TestSite()
        for number in 1...count { try await site.recorder.audit(event(number)) }
        return site
    }

    /// Changes the database as a user with the file could.
    private static func tamper(_ site: TestSite, _ sql: String) async throws {
        _ = try await site.recorder.change { try $0.db.execute(sql: sql) }
    }

    @Test func anUntouchedChainIsSound() async throws {
        let site = try await Self.filled()
        let report = try site.store.verifyAudit()
        #expect(report.isSound && report.entries == 6 && report.newestID == 6)
        #expect(try site.store.verifyAudit(containing: report.digest).isSound)
        try await site.recorder.audit(Self.event(7))
        // What was kept elsewhere is still there after more was written.
        #expect(try site.store.verifyAudit(containing: report.digest).isSound)
        try site.expectSound()
        try await site.close()
    }

    @Test func aNewDatabaseIsSound() async throws {
        let site = try TestSite()
        #expect(try site.store.verifyAudit().isSound)
        try site.expectSound()
        try await site.close()
    }

    @Test(arguments: AuditChain.columns + ["digest"])
    func aChangeOfAnyColumnIsNoticed(column: String) async throws {
        for id in [1, 3, 6] {
            let site = try await Self.filled()
            let value = column == "digest" ? "randomblob(32)" : column == "id" ? "id + 100" : "'77'"
            try await Self.tamper(site, "UPDATE audit SET \(column) = \(value) WHERE id = \(id)")
            let report = try site.store.verifyAudit()
            #expect(!report.isSound, "\(column) of entry \(id)")
            try await site.close()
        }
    }

    @Test(
        arguments: [
            ("id = 1", AuditReport.Break.Kind.missing, 2), ("id IN (3, 4)", .missing, 5),
            ("id = 6", .cutOff, 5), ("id > 0", .cutOff, 0),
        ] as [(String, AuditReport.Break.Kind, Int64)]
    )
    func removedEntriesAreNoticed(
        condition: String,
        kind: AuditReport.Break.Kind,
        entry: Int64
    ) async throws {
        let site = try await Self.filled()
        try await Self.tamper(site, "DELETE FROM audit WHERE \(condition)")
        let report = try site.store.verifyAudit()
        #expect(report.first?.kind == kind && report.first?.entry == entry)
        #expect(report.breaks == 1)
        // It stays noticed when more is written, also if the count of ids was set back.
        try await Self.tamper(
            site,
            "UPDATE sqlite_sequence SET seq = (SELECT IFNULL(MAX(id), 0) FROM audit) WHERE name = 'audit'"
        )
        try await site.recorder.audit(Self.event(7))
        #expect(try !site.store.verifyAudit().isSound)
        try await site.close()
    }

    @Test func anotherOrderAndAddedEntriesAreNoticed() async throws {
        for sql in [
            "UPDATE audit SET id = 100 WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 3; UPDATE audit SET id = 3 WHERE id = 100",
            "INSERT INTO audit (at, who, action) VALUES (1, 'x', 'y')",
            "INSERT INTO audit (at, who, action, digest) VALUES (1, 'x', 'y', randomblob(32))",
            "DELETE FROM meta WHERE key = 'audit_head'",
            "UPDATE meta SET value = '4 ' || (SELECT lower(hex(digest)) FROM audit WHERE id = 4) WHERE key = 'audit_head'",
            "UPDATE meta SET value = 'x' WHERE key = 'audit_head'",
        ] {
            let site = try await Self.filled()
            try await Self.tamper(site, sql)
            #expect(try !site.store.verifyAudit().isSound, "\(sql)")
            try await site.recorder.audit(Self.event(8))
            let isNoted = sql.contains("audit_head")
            // A lost note is written again with the next entry, which then does not fit.
            #expect(try !site.store.verifyAudit().isSound, "\(sql), noted: \(isNoted)")
            try await site.close()
        }
    }

    /// Whoever computes all digests again is found by a digest that was kept elsewhere only.
    @Test func aNewChainHasNotTheDigestThatWasKept() async throws {
        let site = try await Self.filled()
        let kept = try site.store.verifyAudit().digest
        try await Self.tamper(site, "UPDATE audit SET who = 'x' WHERE id = 2")
        try await Self.tamper(site, "UPDATE meta SET value = 'unbegun' WHERE key = 'audit_head'")
        try await site.recorder.audit(Self.event(7))
        #expect(try site.store.verifyAudit().isSound)
        let report = try site.store.verifyAudit(containing: kept)
        #expect(report.first?.kind == .unknownDigest)
        #expect(throws: Refusal.self) { try site.store.verifyAudit(containing: "12") }
        try await site.close()
    }

    @Test func theCheckReportsIt() async throws {
        let site = try await Self.filled()
        try await Self.tamper(site, "UPDATE audit SET who = 'x' WHERE id = 2")
        for isQuick in [false, true] {
            var kinds: [Finding.Kind] = []
            try StoreCheck(store: site.store).run(quick: isQuick) { kinds.append($0.kind) }
            #expect(kinds == [.audit])
        }
        try await site.close()
    }

    // MARK: - Retention

    private static func removing(
        _ body: (TestSite, SteppedClock) async throws -> Void
    ) async throws {
        let clock = SteppedClock(Timestamp(milliseconds: 1_790_000_000_000))
        let site = try TestSite(clock: { clock.now })
        for number in 1...2_500 {
            if number % 500 == 0 { clock.advance(seconds: 86_400) }
            try await site.recorder.audit(event(number))
        }
        try await body(site, clock)
        try await site.close()
    }

    @Test func theChainHoldsAfterRetention() async throws {
        try await Self.removing { site, _ in
            let kept = try site.store.verifyAudit().digest
            try await site.recorder.removeOldAudit(days: 2)
            var report = try site.store.verifyAudit(containing: kept)
            #expect(report.isSound && report.removedThrough > 1_000 && report.entries < 1_500)
            // Nothing more on the same day.
            let entries = report.entries
            try await site.recorder.removeOldAudit(days: 2)
            report = try site.store.verifyAudit()
            #expect(report.isSound && report.entries == entries)
            try site.expectSound()
            // Who removes the oldest and says that it was retention is not believed.
            try await Self.tamper(site, "DELETE FROM audit WHERE id <= 2000")
            #expect(try site.store.verifyAudit().first?.kind == .missing)
            let next = try await site.store.read { snapshot in
                try String.fetchOne(
                    snapshot.db,
                    sql: "SELECT detail FROM audit WHERE action = 'audit.clean_up'"
                )
            }
            #expect(next?.hasPrefix("1499 ") == true)
        }
    }

    @Test func anAnchorThatRetentionDidNotNameIsNoticed() async throws {
        let site = try await Self.filled()
        try await Self.tamper(
            site,
            """
            INSERT INTO meta SELECT 'audit_anchor', '3 ' || lower(hex(digest)) FROM audit WHERE id = 3;
            DELETE FROM audit WHERE id <= 3
            """
        )
        #expect(try site.store.verifyAudit().first?.kind == .beginning)
        try await site.close()
    }

    /// A crash between the commits of a removal.
    @Test func anUnfinishedRemovalIsSoundAndIsFinished() async throws {
        try await Self.removing { site, clock in
            let before = clock.now.adding(seconds: -2 * 86_400)
            let last = try await site.recorder.change { try $0.beginAuditRemoval(before: before) }
            #expect(try site.store.verifyAudit().isSound)
            let through = try #require(last)
            _ = try await site.recorder.change { try $0.removeAudit(through: through, limit: 100) }
            let report = try site.store.verifyAudit()
            #expect(report.isSound && report.removedThrough == 100)
            try await site.recorder.removeOldAudit(days: 2)
            #expect(try site.store.verifyAudit().isSound)
            #expect(try site.store.verifyAudit().removedThrough >= through)
        }
    }

    // MARK: - Before the chain, and settings

    @Test func entriesFromBeforeGetDigests() async throws {
        let site = try await Self.filled(4)
        try await Self.tamper(
            site,
            """
            UPDATE audit SET digest = NULL; UPDATE audit SET principal = NULL WHERE id = 1;
            DELETE FROM audit WHERE id = 2;
            UPDATE meta SET value = 'unbegun' WHERE key = 'audit_head'
            """
        )
        #expect(try site.store.verifyAudit().isSound)
        try await site.recorder.audit(Self.event(5))
        let report = try site.store.verifyAudit()
        #expect(report.isSound && report.entries == 4)
        try await Self.tamper(site, "UPDATE audit SET who = 'x' WHERE id = 1")
        #expect(try site.store.verifyAudit().first?.entry == 1)
        try await site.close()
    }

    @Test func aStartWithOtherSettingsIsAudited() async throws {
        let site = try TestSite()
        let entries = {
            try await site.store.read { snapshot in
                try String.fetchAll(snapshot.db, sql: "SELECT action || ' ' || subject FROM audit")
            }
        }
        try await site.recorder.note(settings: [("A", "1"), ("B", "2")])
        try await site.recorder.note(settings: [("B", "2"), ("A", "1")])
        #expect(try await entries() == [])
        try await site.recorder.note(settings: [("A", "1"), ("B", "3"), ("C", "4")])
        #expect(try await entries() == ["settings.change B, C"])
        try await site.close()
    }

    /// A change that is undone leaves no entry and no gap.
    @Test func aRefusedChangeLeavesTheChainWhole() async throws {
        let site = try await Self.filled(2)
        let refusal = await #expect(throws: Refusal.self) {
            try await site.recorder.change { writer in
                try writer.audit(Self.event(3))
                throw Refusal(.conflict, "no")
            }
        }
        #expect(refusal?.kind == .conflict)
        try await site.recorder.audit(Self.event(4))
        let report = try site.store.verifyAudit()
        #expect(report.isSound && report.newestID == 3 && report.entries == 3)
        try await site.close()
    }

    @Test func longTextsAreCut() async throws {
        let site = try TestSite()
        let long = String(repeating: "ก", count: 2_000)
        try await site.recorder.audit(AuditEvent(Self.camille, "x.y", subject: long, detail: long))
        let length = try await site.store.read {
            try Int.fetchOne($0.db, sql: "SELECT length(subject) + length(detail) FROM audit")
        }
        #expect(length == 1_000)
        try await site.close()
    }

    /// The encoding is fixed: other tools may verify, and old entries must stay valid.
    @Test func theEncodingIsFixed() {
        let values: [DatabaseValue] = [
            1.databaseValue, "กข".databaseValue, .null, Data([1, 2]).databaseValue,
            0.5.databaseValue,
        ]
        let digest = AuditChain.digest(after: AuditMark.none.digest, values)
        #expect(digest.hexadecimal == Self.golden)
        #expect(AuditMark(text: "7 \(Self.golden)")?.text == "7 \(Self.golden)")
        for text in [
            "", "7", "x \(Self.golden)", "-1 \(Self.golden)", "7 +\(Self.golden.dropFirst())",
        ] {
            #expect(AuditMark(text: text) == nil)
        }
    }

    private static let golden = "ffca0eb248a9f64ea99fe4871b489d50bf329ac837c3dc6434c9a5a96b29d768"
}

private final class SteppedClock: Sendable {
    private let instant: Mutex<Timestamp>

    init(_ instant: Timestamp) { self.instant = Mutex(instant) }

    var now: Timestamp { instant.withLock { $0 } }

    func advance(seconds: Int) { instant.withLock { $0 = $0.adding(seconds: seconds) } }
}
