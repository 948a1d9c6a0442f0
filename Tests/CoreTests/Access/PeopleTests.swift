import Foundation
import GRDB
import Testing

@testable import Core

/// People, tokens and sessions in the store.
struct PeopleTests {
    private func add(_ name: String, _ role: Role, to site: TestSite) async throws {
        _ = try await site.recorder.addPerson(
            CredentialName(name),
            role: role,
            password: "$scrypt$…",
            mustChange: false,
            by: .system
        )
    }

    private func stored(_ site: TestSite) throws -> StoredCredentials {
        try site.store.readAndWait { try $0.storedCredentials() }
    }

    private func session(_ personID: Int64, at instant: Timestamp) -> Session {
        Session(
            digest: Secret(.session).digest,
            personID: personID,
            createdAt: instant,
            address: "192.0.2.7",
            agent: "test"
        )
    }

    /// Names that look the same, or differ in case or form alone, are one.
    @Test(arguments: [
        ("Malee", "malee"), ("มาลี", "มาลี "), ("é", "e\u{301}"), ("ﬁ", "fi"), ("กำ", "ก\u{E4D}า"),
    ])
    func aNameIsTakenOnce(first: String, second: String) async throws {
        let site = try TestSite()
        try await add(first, .viewer, to: site)
        let refusal = await #expect(throws: Refusal.self) {
            try await add(second, .viewer, to: site)
        }
        #expect(refusal?.code == "name_taken")
        try await site.close()
    }

    @Test(arguments: [
        "", "  ", "a\nb", "a\u{202E}b", String(repeating: "a", count: 65), "a/b", "<b>", "a\0b",
        "👮", ".", "..", "- @",
    ])
    func aBadNameIsNone(text: String) {
        let refusal = #expect(throws: Refusal.self) { try CredentialName(text) }
        #expect(refusal?.code == "bad_name")
    }

    @Test func theLastEnabledAdminStays() async throws {
        let site = try TestSite()
        let (first, second) = (try CredentialName("a"), try CredentialName("b"))
        try await add("a", .admin, to: site)
        try await add("b", .admin, to: site)
        _ = try await site.recorder.changePerson(
            second,
            role: nil,
            isEnabled: false,
            password: nil,
            by: .system
        )
        // Another one who may not sign in is no help.
        await #expect(throws: Refusal.self) {
            try await site.recorder.removePerson(first, by: .system)
        }
        // Of two changes at once, both are made, or neither is.
        await #expect(throws: Refusal.self) {
            try await site.recorder.changePerson(
                first,
                role: .viewer,
                isEnabled: false,
                password: nil,
                by: .system
            )
        }
        #expect(try stored(site).people.first?.role == .admin)
        _ = try await site.recorder.changePerson(
            second,
            role: nil,
            isEnabled: true,
            password: nil,
            by: .system
        )
        let left = try await site.recorder.removePerson(first, by: .system)
        #expect(left.people.map(\.name) == ["b"])
        try await site.close()
    }

    /// The oldest session ends where there are too many; none is lost by a restart, all by a restored backup.
    @Test func sessionsAreBoundedAndOutliveARestart() async throws {
        let site = try TestSite()
        try await add("a", .viewer, to: site)
        let begin = Timestamp(milliseconds: 1_800_000_000_000)
        for number in 0..<(Session.perPersonMax + 5) {
            _ = try await site.recorder.begin(
                session(1, at: begin.adding(seconds: number)),
                by: .system
            )
        }
        let kept = try stored(site).sessions
        #expect(kept.count == Session.perPersonMax)
        #expect(kept.map(\.createdAt).min() == begin.adding(seconds: 5))
        let backup = site.folder.appending(path: "backup.db").path
        try await site.stop()
        let database = site.folder.appending(path: "test.db").path
        try await TestSite.database(at: database).writeWithoutTransaction {
            try $0.execute(sql: "VACUUM main INTO '\(backup)'")
        }

        let restarted = try TestSite(folder: site.folder)
        #expect(try stored(restarted).sessions.count == Session.perPersonMax)
        try await restarted.stop()
        for end in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: database + end)
        }
        try FileManager.default.copyItem(atPath: backup, toPath: database)

        let restored = try TestSite(folder: site.folder)
        #expect(try stored(restored).sessions.isEmpty)
        #expect(try stored(restored).people.count == 1)
        try await restored.close()
    }

    @Test func aTokensNameIsFreeOnceItIsRevoked() async throws {
        let site = try TestSite()
        func draft() throws -> AccessTokenDraft {
            try AccessTokenDraft(
                name: CredentialName("gate"),
                role: .camera,
                cameras: ["CAM1"],
                expiresAt: nil,
                now: .now(),
                limits: Limits()
            )
        }
        let digest = Secret(.token).digest
        _ = try await site.recorder.addToken(draft(), digest: digest, by: .system)
        await #expect(throws: Refusal.self) {
            try await site.recorder.addToken(draft(), digest: Secret(.token).digest, by: .system)
        }
        _ = try await site.recorder.revokeToken(CredentialName("gate"), by: .system)
        await #expect(throws: Refusal.self) {
            try await site.recorder.revokeToken(CredentialName("gate"), by: .system)
        }
        _ = try await site.recorder.addToken(draft(), digest: Secret(.token).digest, by: .system)
        let tokens = try stored(site).tokens
        #expect(tokens.count == 2 && tokens[0].digest == digest && tokens[0].cameras == ["CAM1"])
        #expect(tokens.map { $0.isValid(at: .now()) } == [false, true])
        try await site.close()
    }

    /// Of two changes the later one's state is the one that counts, in whatever order they are taken over.
    @Test func eachChangeHasARevision() async throws {
        let site = try TestSite()
        var revisions: [Int64] = []
        for name in ["a", "b", "c"] {
            let (_, after) = try await site.recorder.addPerson(
                CredentialName(name),
                role: .viewer,
                password: "x",
                mustChange: false,
                by: .system
            )
            revisions.append(after.revision)
        }
        #expect(revisions == revisions.sorted() && Set(revisions).count == 3)
        try await site.close()
    }

    @Test func aStepOfTheSecondFactorIsUsedOnce() async throws {
        let site = try TestSite()
        try await add("a", .viewer, to: site)
        _ = try await site.recorder.setSecondFactor(
            of: 1,
            to: [1, 2, 3],
            recoveryCodes: [[1], [2]],
            by: .system
        )
        #expect(try await site.recorder.useSecondFactorStep(10, of: 1).0)
        #expect(try await site.recorder.useSecondFactorStep(10, of: 1).0 == false)
        #expect(try await site.recorder.useSecondFactorStep(9, of: 1).0 == false)
        #expect(try await site.recorder.useRecoveryCode([1], of: 1, by: .system).0)
        #expect(try await site.recorder.useRecoveryCode([1], of: 1, by: .system).0 == false)
        try await site.close()
    }
}
