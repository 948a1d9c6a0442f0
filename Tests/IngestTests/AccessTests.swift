import Core
import Testing

@testable import Ingest

struct IPAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1", true), ("127.255.0.9", "127.255.0.9", true),
        ("10.0.0.5", "10.0.0.5", false), ("0.0.0.0", "0.0.0.0", false), ("::1", "::1", true),
        ("0:0:0:0:0:0:0:1", "::1", true), ("::ffff:127.0.0.1", "127.0.0.1", true),
        ("::FFFF:7f00:1", "127.0.0.1", true), ("::ffff:10.0.0.5", "10.0.0.5", false),
        ("::", "0:0:0:0:0:0:0:0", false),
        (
            "2001:db8::8:800:200c:417a",
            "2001:db8:0:0:8:800:200c:417a", false
        ), ("fe80::1", "fe80:0:0:0:0:0:0:1", false),
        ("::2", "0:0:0:0:0:0:0:2", false), ("::127.0.0.1", "0:0:0:0:0:0:7f00:1", false),
    ])
    func spellingsAreRead(text: String, description: String, isLoopback: Bool) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == description)
        #expect(address.isLoopback == isLoopback)
    }

    @Test(arguments: [
        "", "localhost", "127.0.0", "127.0.0.1.1", "127.0.0.256", "127.0.0.01", "0x7f.0.0.1",
        "127.1",
        "+1.0.0.1", "1. 2.3.4", ":", ":::", "1::2::3", "::g", "12345::", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7", "::1%lo", "[::1]", "127.0.0.1:80", "::ffff:127.0.0", "1:2:3:4:5:6:7:8::",
    ])
    func anythingElseIsNoAddress(text: String) {
        #expect(IPAddress(text) == nil)
    }
}

struct ClientAddressTests {
    @Test(
        arguments: [
            ([], true), ([("X-Real-IP", "127.0.0.1")], true), ([("X-Real-IP", "10.0.0.5")], false),
            ([("X-Forwarded-For", "127.0.0.1, ::1")], true),
            ([("X-Forwarded-For", "127.0.0.1, 10.0.0.5")], false),
            ([("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "10.0.0.5")], false),
            ([("X-Real-IP", "127.0.0.1"), ("X-Forwarded-For", "10.0.0.5")], false),
            ([("X-Forwarded-For", "unknown")], false), ([("X-Forwarded-For", "")], true),
            ([("X-Forwarded-For", "127.0.0.1,")], false), ([("X-Real-IP", "[::1]:4711")], true),
            ([("X-Real-IP", "127.0.0.1:4711")], true), ([("X-Real-IP", "::ffff:127.0.0.1")], true),
            ([("Forwarded", "for=127.0.0.1;proto=http")], true),
            ([("Forwarded", "for=\"[::1]\"")], true),
            ([("Forwarded", "for=10.0.0.5")], false), ([("Forwarded", "proto=http")], false),
            ([("X-Real-IP", ""), ("X-Real-IP", "10.0.0.5")], false),
            ([("x-forwarded-for10.0.0.5", "10.0.0.5")], false),
            ([("X-Forwarded-Fo", "10.0.0.5")], true),
            ([("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "localhost")], true),
            ([("Forwarded10.0.0.5", "")], false),
        ] as [([(String, String)], Bool)]
    )
    func everyReportedAddressMustBeThisMachine(headers: [(String, String)], isThisMachine: Bool) {
        let pairs = headers.map { (name: $0.0, value: $0.1) }
        let client = ClientAddress(peer: .loopback, headers: Headers(pairs))
        #expect(client.isThisMachine == isThisMachine)
    }

    @Test(arguments: [
        ("127.0.0.1 10.0.0.5", false), ("127.0.0.1\t10.0.0.5", false),
        ("127.0.0.1:10.0.0.5", false),
        ("127.0.0.1:", false), ("127.0.0.1:8o", false), ("127.0.0.1:123456", false),
        ("127.0.0.1:٨٠", false), ("127.999.1.1", false), ("[::1]10.0.0.5", false),
        ("[::1] 10.0.0.5", false),
        ("[::1]:", false), ("[::1", false), ("::1]", false), ("[127.0.0.1]", false),
        ("[::1]:80:80", false),
        ("\"127.0.0.1\"", false), ("127.0.0.1;10.0.0.5", false), ("127.0.0.1,,127.0.0.1", false),
        (",127.0.0.1", false), (" ", true), ("\t127.0.0.1 , [::1]:80\t", true),
        ("127.0.0.1:65535", true),
    ])
    func anAddressIsNothingElse(value: String, isThisMachine: Bool) {
        for name in ["X-Forwarded-For", "x-real-ip", "CF-Connecting-IP"] {
            let client = ClientAddress(peer: .loopback, headers: Headers([(name, value)]))
            #expect(client.isThisMachine == isThisMachine, "\(name)")
        }
    }

    @Test(arguments: [
        ("for=127.0.0.1;for=10.0.0.5", false), ("for=127.0.0.1;FOR=10.0.0.5", false),
        ("for=127.0.0.1; for=10.0.0.5", false), ("for=127.0.0.1;\tfor=10.0.0.5", false),
        ("for=127.0.0.1;for=127.0.0.2", true), ("proto=https;by=10.0.0.1;For=127.0.0.1", true),
        ("for=127.0.0.1;", false), ("for=127.0.0.1,", false), ("for", false), ("for=", false),
        ("for =127.0.0.1", false), ("for= 127.0.0.1", false), ("for=[::1]", false),
        ("for=::1", false),
        ("for=127.0.0.1:80", false), ("for=\"127.0.0.1:80\"", true), ("for=\"::1\"", false),
        ("for=\"[::1]:80\"", true), ("for=\"127.0.0.1", false), ("for=127.0.0.1\"", false),
        ("for=\"127.0.0.1\"10.0.0.5", false), ("for=12\"7.0.0.1\"", false),
        ("for=\"127.0.0.\\1\"", false),
        ("by=\"a,b\";for=127.0.0.1", false), ("by=\"a;for=127.0.0.1;x=\";for=10.0.0.5", false),
        ("for=127.0.0.1;host=\"localhost:80\"", true), ("for=127.0.0.1 10.0.0.5", false),
        ("for=_hidden", false), ("for=unknown", false), ("", true),
    ])
    func everyForOfEveryElementMustBeThisMachine(value: String, isThisMachine: Bool) {
        let client = ClientAddress(peer: .loopback, headers: Headers([("Forwarded", value)]))
        #expect(client.isThisMachine == isThisMachine)
    }

    /// A client cannot choose the address under which its guesses are counted and its deeds are audited.
    @Test(arguments: [
        (["X-Forwarded-For": "203.0.113.9"], "203.0.113.9"),
        (["X-Forwarded-For": "10.1.2.3, 203.0.113.9"], "203.0.113.9"),
        (["X-Forwarded-For": "10.1.2.3, 203.0.113.9, 127.0.0.1"], "203.0.113.9"),
        (["X-Forwarded-For": "nonsense, 203.0.113.9", "X-Real-IP": "10.1.2.3"], "203.0.113.9"),
        (["X-Forwarded-For": "203.0.113.9", "Forwarded": "for=10.1.2.3"], "203.0.113.9"),
        (["X-Forwarded-For": "203.0.113.9, nonsense"], "unknown"),
        (["X-Forwarded-For": "127.0.0.1", "X-Real-IP": "203.0.113.9"], "203.0.113.9"),
        (["X-Forwarded-For": "127.0.0.1"], "127.0.0.1"), ([:], "127.0.0.1"),
    ])
    func theNearestProxysWordIsLogged(headers: [String: String], logged: String) {
        let pairs = headers.map { (name: $0.key, value: $0.value) }
        #expect(ClientAddress(peer: .loopback, headers: Headers(pairs)).logged == logged)
    }

    @Test func aForeignPeerIsNotBelieved() throws {
        let peer = try #require(IPAddress("10.0.0.9"))
        let client = ClientAddress(peer: peer, headers: Headers([("X-Real-IP", "127.0.0.1")]))
        #expect(!client.isThisMachine)
        #expect(client.logged == "10.0.0.9")
    }
}

struct GateTests {
    private let gate = Gate(
        Credentials(),
        listenAddress: "127.0.0.5",
        allowedHosts: ["lpr.example", "[::9]"]
    )

    private func status(
        _ headers: [(String, String)],
        method: Method? = .get,
        client: ClientAddress = .loopback,
        needs permission: Permission = .read
    ) -> Int {
        do throws(Refusal) {
            let pairs = headers.map { (name: $0.0, value: $0.1) }
            let admission = try gate.admit(
                client,
                method: method,
                authority: nil,
                headers: Headers(pairs),
                needs: permission
            )
            return admission.principal == .thisMachine ? 200 : 299
        } catch {
            return error.status
        }
    }

    @Test(arguments: [
        ("localhost", 200), ("LOCALHOST:5000", 200), ("localhost.:80", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]:5000", 200), ("127.0.0.5", 200), ("lpr.example", 200), ("lpr.example:443", 200),
        ("[::9]", 200), ("evil.example", 421), ("localhost.evil.example", 421), ("127.0.0.2", 421),
        ("", 400), ("localhost:99999", 400), ("local host", 400), ("user@localhost", 400),
        ("::1", 400),
    ])
    func onlyOurOwnNamesAreAnswered(host: String, expected: Int) {
        #expect(status([("Host", host)]) == expected)
    }

    @Test func thereMustBeOneHost() {
        #expect(status([]) == 400)
        #expect(status([("Host", "localhost"), ("Host", "localhost")]) == 400)
    }

    @Test func strangersAreTurnedAway() {
        let stranger = ClientAddress(peer: IPAddress(v4: 0x0A00_0005))
        #expect(status([("Host", "localhost")], client: stranger) == 401)
        #expect(status([("Host", "evil.example")], client: stranger) == 401)
        #expect(status([("Host", "localhost")], client: stranger, needs: .connect) == 401)
    }

    @Test(
        arguments: [
            ([], 200), ([("Origin", "http://localhost:5000")], 200), ([("Origin", "null")], 403),
            ([("Origin", "http://localhost:5001")], 403),
            ([("Origin", "http://evil.example")], 403),
            ([("Origin", "https://localhost:5000")], 200), ([("Origin", "file://")], 403),
            ([("Sec-Fetch-Site", "same-origin")], 200), ([("Sec-Fetch-Site", "none")], 200),
            ([("Sec-Fetch-Site", "same-site")], 403), ([("Sec-Fetch-Site", "cross-site")], 403),
            ([("Origin", "http://localhost:5000"), ("Origin", "http://evil.example")], 403),
        ] as [([(String, String)], Int)]
    )
    func otherSitesMayNotChangeAnything(headers: [(String, String)], expected: Int) {
        let headers = [("Host", "localhost:5000")] + headers
        for method in [Method.post, .put, .patch, .delete, nil] {
            #expect(status(headers, method: method) == expected)
        }
        for method in [Method.get, .head, .options] {
            #expect(status(headers, method: method) == 200)
        }
    }

    @Test func defaultPortsAreTheSamePort() {
        #expect(
            status([("Host", "localhost"), ("Origin", "http://localhost:80")], method: .post) == 200
        )
        #expect(
            status([("Host", "localhost:443"), ("Origin", "https://localhost")], method: .post)
                == 200
        )
        #expect(
            status([("Host", "localhost"), ("Origin", "http://localhost:443")], method: .post)
                == 403
        )
    }
}

struct PrincipalTests {
    /// What everybody may who has shown a credential.
    private static let open: [Permission] = [.signIn, .probe, .openSocket]

    /// Roles are not ordered: each permission is in the table or missing.
    @Test(
        arguments: [
            (.camera, open + [.connect, .send]), (.viewer, open + [.connect, .read]),
            (.operator, open + [.connect, .read, .manageBlacklist, .deleteRecords, .checkHealth]),
            (.admin, Permission.allCases),
        ] as [(Role, [Permission])]
    )
    func aRoleMayWhatItsTableSays(role: Role, allowed: [Permission]) {
        let principal = Principal(id: "1", name: "malee", role: role)
        #expect(Permission.allCases.filter(principal.may) == allowed)
    }

    @Test func aCameraSendsAsItself() {
        let one = Principal(id: "7", name: "gate", role: .camera, cameras: .only(["CAM7"]))
        #expect(one.may(.send, as: "CAM7"))
        #expect(!one.may(.send, as: "CAM8") && !one.may(.send, as: "cam7"))
        #expect(Principal.cameraNetworks.may(.send, as: "CAM8"))
        let viewer = Principal(id: "2", name: "noi", role: .viewer)
        #expect(!viewer.may(.send, as: "CAM7"))
    }

    @Test func aVerdictHoldsForOneGeneration() throws {
        let credentials = Credentials()
        let claim = Claim(client: .loopback, listener: .main)
        var admission = try credentials.admit(claim)
        func may(_ permission: Permission) -> Bool { admission.may(permission) }
        #expect(admission.isCurrent && may(.administer))
        credentials.replace(with: CredentialSnapshot())
        #expect(!admission.isCurrent)
        // The same credentials once more: judged again, with the same result.
        #expect(may(.administer) && admission.isCurrent)
        credentials.replace(with: CredentialSnapshot(admitsThisMachine: false))
        // What was lost comes back with the credentials, not by itself.
        #expect(!may(.connect) && !may(.connect))
        credentials.replace(with: CredentialSnapshot())
        #expect(may(.connect))
    }

    @Test func cameraNetworksCountOnTheGatewayOnly() throws {
        let networks = try Network.list("10.20.0.0/16")
        let credentials = Credentials(CredentialSnapshot(cameraNetworks: networks))
        let camera = ClientAddress(peer: IPAddress(v4: 0x0A14_0005))
        let gateway = Claim(client: camera, listener: .gateway)
        #expect(try credentials.admit(gateway).principal == .cameraNetworks)
        #expect(throws: Refusal.self) {
            try credentials.admit(Claim(client: camera, listener: .main))
        }
    }
}
