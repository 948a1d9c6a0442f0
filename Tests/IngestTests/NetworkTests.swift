import Testing

@testable import Ingest

struct NetworkTests {
    @Test(arguments: [
        ("10.20.0.0/16", "10.20.255.255", true), ("10.20.0.0/16", "10.21.0.0", false),
        ("10.20.0.0/16", "::ffff:10.20.3.4", true), ("::ffff:10.20.0.0/112", "10.20.3.4", true),
        ("::ffff:10.20.0.0/112", "10.21.3.4", false), ("10.0.0.5", "10.0.0.5", true),
        ("10.0.0.5", "10.0.0.4", false), ("10.0.0.5/32", "10.0.0.5", true),
        ("128.0.0.0/1", "200.1.1.1", true), ("128.0.0.0/1", "100.1.1.1", false),
        ("fd00:20::/32", "fd00:20:ffff::1", true), ("fd00:20::/32", "fd00:21::1", false),
        ("fd00::/64", "fd00::ffff:1", true), ("fd00::/64", "fd00:0:0:1::1", false),
        ("fd00::/65", "fd00::7fff:0:0:0", true), ("fd00::/65", "fd00::8000:0:0:0", false),
        ("::1", "::1", true), ("2001:db8::7", "2001:db8::7", true),
        // No IPv6 network opens the door to IPv4, and none to a sender that is not known.
        ("::/1", "10.20.3.4", false), ("::/1", "::2", true), ("0.0.0.0/1", "0.0.0.0", false),
        ("::/1", "::", false), ("0.0.0.0/1", "0.0.0.1", true),
    ])
    func holdsTheAddressesOfItsPrefix(text: String, address: String, isInside: Bool) throws {
        let network = try Network(text)
        let address = try #require(IPAddress(address))
        #expect(network.contains(address) == isInside)
    }

    @Test(arguments: [
        "", "/", "/16", "10.20.0.0/", "10.20.0.0/33", "10.20.0.0/-1", "10.20.0.0/+8",
        "10.20.0.0/016", "10.20.0.0/16/16", "10.20.0.0/٨", "10.20/16", "cameras", "fd00::/129",
        "fd00::/4294967296", "[fd00::]/32", "10.20.0.0/255.255.0.0",
    ])
    func anythingElseIsNoNetwork(text: String) {
        #expect(throws: NetworkError.notANetwork(text)) { try Network(text) }
    }

    @Test(arguments: ["0.0.0.0/0", "::/0", "::ffff:0:0/96", "10.0.0.0/0", "::ffff:10.0.0.0/90"])
    func anEmptyPrefixIsNotANetwork(text: String) {
        #expect(throws: NetworkError.emptyPrefix(text)) { try Network(text) }
    }

    @Test(arguments: [
        ("10.20.0.1/16", "10.20.0.0/16"), ("10.20.0.1/31", "10.20.0.0/31"),
        ("fd00::1/64", "fd00:0:0:0:0:0:0:0/64"), ("::ffff:10.20.0.1/112", "10.20.0.0/16"),
    ])
    func bitsBeyondThePrefixAreAMistake(text: String, meant: String) {
        #expect(throws: NetworkError.bitsBeyondPrefix(text, meant: meant)) { try Network(text) }
    }

    @Test func aListHasCommasOrBlanks() throws {
        let networks = try Network.list(" 10.20.0.0/16, fd00:20::/32 10.0.0.5,")
        #expect(
            networks == [
                try Network("10.20.0.0/16"), try Network("fd00:20::/32"), try Network("10.0.0.5"),
            ]
        )
        #expect(try Network.list(" , ").isEmpty)
        #expect(throws: NetworkError.notANetwork("x")) { try Network.list("10.0.0.5,x") }
        let many = Array(repeating: "10.0.0.5", count: 65).joined(separator: ",")
        #expect(throws: NetworkError.tooMany(65, 64)) { try Network.list(many) }
    }
}

struct ListenAddressTests {
    @Test(arguments: ["0.0.0.0", "::", "192.168.1.5", "2001:db8::1"])
    func otherMachinesMayReachItOnceThereIsAnAdmin(text: String) throws {
        let address = try ListenAddress(text)
        let noAdmin = ListenError.needsAdmin(text)
        for allowed in [false, true] {
            #expect(throws: noAdmin) {
                try address.check(hasAdmin: false, allowsPlainHTTP: allowed)
            }
        }
        #expect(noAdmin.description.contains("`lprserver user add NAME --role admin`"))
        let plain = ListenError.needsTLS(text)
        #expect(throws: plain) { try address.check(hasAdmin: true, allowsPlainHTTP: false) }
        #expect(plain.description.contains("PLAIN_HTTP=allowed"))
        try address.check(hasAdmin: true, allowsPlainHTTP: true)
    }

    @Test(arguments: ["127.0.0.1", "::1", "127.9.9.9", "localhost"])
    func thisMachineMayAlwaysReachIt(text: String) throws {
        let address = try ListenAddress(text)
        try address.check(hasAdmin: false, allowsPlainHTTP: false)
        try address.check(forCamerasIn: [], hasAdmin: false, allowsPlainHTTP: false)
    }

    @Test func anythingElseIsNoAddress() {
        #expect(throws: ListenError.notAnAddress("camera")) { try ListenAddress("camera") }
    }

    @Test func ipv6LoopbackWorks() throws {
        #expect(try ListenAddress("[::1]").text == "::1")
        #expect(try ListenAddress("localhost").text == "127.0.0.1")
    }

    @Test(arguments: ["0.0.0.0", "::", "10.0.0.5", "fd00::1"])
    func camerasMayReachItFromTheirNetworksOrWithTokens(text: String) throws {
        let address = try ListenAddress(text)
        let networks = [try Network("10.20.0.0/16")]
        try address.check(forCamerasIn: networks, hasAdmin: false, allowsPlainHTTP: false)
        #expect(throws: ListenError.needsNetworks(text)) {
            try address.check(forCamerasIn: [], hasAdmin: false, allowsPlainHTTP: true)
        }
        #expect(throws: ListenError.needsTLS(text)) {
            try address.check(forCamerasIn: [], hasAdmin: true, allowsPlainHTTP: false)
        }
        try address.check(forCamerasIn: [], hasAdmin: true, allowsPlainHTTP: true)
    }
}
