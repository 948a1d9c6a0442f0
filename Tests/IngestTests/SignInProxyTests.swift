import Testing

@testable import Core
@testable import Ingest

/// People whom a proxy in front has signed in.
struct SignInProxyTests {
    private static let people = StoredCredentials(people: [
        person(1, "somchai", .operator), person(2, "away", .admin, isEnabled: false),
    ])

    private static func person(_ id: Int64, _ name: String, _ role: Role, isEnabled: Bool = true)
        -> Person
    {
        Person(
            id: id,
            name: name,
            role: role,
            isEnabled: isEnabled,
            password: "",
            mustChangePassword: true,
            secondFactor: nil,
            secondFactorStep: 0,
            createdAt: Timestamp(milliseconds: 0),
            lastSignInAt: nil
        )
    }

    /// The principal of a request; nil if it is refused.
    private func principal(
        peer: String = "10.0.0.5",
        _ headers: [(name: String, value: String)],
        trusted: String = "10.0.0.5,127.0.0.1",
        roleHeader: String? = nil
    ) throws -> Principal? {
        var proxies = SignInProxies()
        proxies.networks = try Network.list(trusted)
        proxies.roleHeader = roleHeader
        var snapshot = CredentialSnapshot(stored: Self.people)
        snapshot.signInProxies = proxies
        let headers = Headers([("Host", "localhost")] + headers)
        let client = ClientAddress(peer: try #require(IPAddress(peer)), headers: headers)
        let gate = Gate(Credentials(snapshot, clock: Timestamp.now))
        return try? gate.admit(
            client,
            method: .get,
            authority: nil,
            headers: headers,
            needs: .read
        ).principal
    }

    @Test func aPersonHasTheRoleThatIsKnownHere() throws {
        let person = try #require(try principal([("Remote-User", "Somchai")]))
        #expect(person == Principal(id: "person:1", name: "somchai", role: .operator))
    }

    @Test func theHeadersOfOthersAreIgnored() throws {
        for peer in ["10.0.0.6", "203.0.113.1", "::1"] {
            #expect(try principal(peer: peer, [("Remote-User", "somchai")]) == nil, "\(peer)")
        }
        #expect(try principal([("Remote-User", "somchai")], trusted: "") == nil)
    }

    @Test(arguments: [
        ("10.0.0.5", true), ("203.0.113.1, 10.0.0.5", true), ("10.0.0.5, 203.0.113.1", false),
        ("10.0.0.5,", false), ("unknown", false), ("", false), ("127.0.0.1", true),
    ])
    func behindNginxTheLastHopCounts(chain: String, isTrusted: Bool) throws {
        let headers = [(name: "Remote-User", value: "somchai"), ("X-Forwarded-For", chain)]
        let person = try principal(peer: "127.0.0.1", headers)
        #expect((person != nil) == isTrusted)
        // Only if this machine is trusted, too: any program here could send the same.
        #expect(try principal(peer: "127.0.0.1", headers, trusted: "10.0.0.5") == nil)
    }

    @Test func theProxysRoleCountsWhereItIsAskedFor() throws {
        func role(_ name: String, _ role: String) throws -> Role? {
            try principal([("Remote-User", name), ("X-Role", role)], roleHeader: "X-Role")?.role
        }
        #expect(try role("somchai", "viewer") == .viewer)
        #expect(try role("somchai", "") == .operator)
        #expect(try role("newcomer", "admin") == .admin)
        for wrong in ["camera", "root", "Admin", "viewer,admin"] {
            #expect(try role("somchai", wrong) == nil, "\(wrong)")
        }
        let ignored = try principal([("Remote-User", "somchai"), ("X-Role", "admin")])
        #expect(ignored?.role == .operator)
    }

    @Test(arguments: ["away", "newcomer", "", "a\u{7}b", String(repeating: "a", count: 70)])
    func whoIsNotAdmittedHereIsRefused(name: String) throws {
        #expect(try principal([("Remote-User", name)]) == nil)
    }

    @Test func anotherCredentialBesideIsRefused() throws {
        let secret = Secret(.session).text
        let cookie = (name: "Cookie", value: "lprserver_session=\(secret)")
        #expect(try principal([("Remote-User", "somchai"), cookie]) == nil)
        #expect(try principal([("Remote-User", "somchai"), ("Remote-User", "away")]) == nil)
    }
}
