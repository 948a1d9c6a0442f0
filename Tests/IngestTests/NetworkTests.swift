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
    @Test(arguments: ["0.0.0.0", "::", "10.0.0.5", "fd00::1"])
    func beyondLoopbackTakesNetworks(text: String) throws {
        let networks = [try Network("10.20.0.0/16")]
        #expect(throws: ListenError.beyondLoopback(text)) { try ListenAddress(text) }
        #expect(throws: ListenError.needsNetworks(text)) {
            try ListenAddress(forCameras: text, in: [])
        }
        #expect(try ListenAddress(forCameras: text, in: networks).text == text)
    }

    @Test func loopbackTakesNone() throws {
        #expect(try ListenAddress(forCameras: "localhost", in: []).text == "127.0.0.1")
        #expect(try ListenAddress(forCameras: "[::1]", in: []).text == "::1")
        #expect(throws: ListenError.notAnAddress("camera")) {
            try ListenAddress(forCameras: "camera", in: [])
        }
    }
}
