import Core
import Seeded
import Testing

@testable import Ingest

@Suite struct SocketIOPacketTests {
    private func parse(_ text: String) -> SocketIOPacket? {
        SocketIOPacket(Array(text.utf8), bounds: SocketIOBounds())
    }

    @Test func packetsOfTheProtocolDocumentAreRead() {
        #expect(parse("0") == SocketIOPacket(.connect))
        #expect(parse("0/admin,") == SocketIOPacket(.connect, namespace: "/admin"))
        #expect(parse("0/admin") == SocketIOPacket(.connect, namespace: "/admin"))
        #expect(parse("0/admin?token=1,{}")?.namespace == "/admin")
        #expect(parse(#"0{"token":"123"}"#)?.payload?["token"] == .string("123"))
        #expect(parse("1/admin,") == SocketIOPacket(.disconnect, namespace: "/admin"))
        #expect(parse(#"2["foo"]"#)?.payload == .array([.string("foo")]))
        let event = parse(#"2/admin,12["foo",1]"#)
        #expect(event?.id == 12)
        #expect(event?.namespace == "/admin")
        #expect(parse("3/admin,13[]")?.id == 13)
        let binary = parse(#"51-/admin,7["baz",{"_placeholder":true,"num":0}]"#)
        #expect(binary?.attachments == 1)
        #expect(binary?.id == 7)
    }

    @Test(
        arguments: [
            "", "abc", "7", "0[]", "0x", "2", "2{}", "2[]", "2[1]", "2[null]", "2abc[\"a\"]",
            "2[\"a\"", "2[\"connect\"]", "2[\"disconnect\"]", "2[\"newListener\"]", "3[]", "312{}",
            "1[]", "4{}", "5[\"a\"]", "511-[\"a\"]", "5-[\"a\"]", "5x-[\"a\"]",
            "29999999999999999[\"a\"]", "599999999999999999999-[\"a\"]",
        ]
    )
    func whatBreaksTheProtocolIsRefused(_ text: String) {
        #expect(parse(text) == nil)
    }

    @Test func bombsAreRefused() {
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(parse("2[\"a\",\(deep)]") == nil)
        let wide = String(repeating: "0,", count: 100_000) + "0"
        #expect(parse("2[\"a\",[\(wide)]]") == nil)
        let namespace = String(repeating: "n", count: 300)
        #expect(parse("0/\(namespace),") == nil)
    }

    @Test(arguments: 0..<8)
    func randomPacketsAreRefusedOrReadBack(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array(#"0123456-/,?[]{}":a_\x"#.utf8)
        let heads = ["", "0", "2", "2[\"a\",", "3", "31", "51-", "61-2[", "2/a,"].map {
            Array($0.utf8)
        }
        for _ in 0..<10_000 {
            let head = heads.randomElement(using: &generator) ?? []
            let tail = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator) ?? 0
            }
            guard let packet = SocketIOPacket(head + tail, bounds: SocketIOBounds()) else {
                continue
            }
            #expect(SocketIOPacket(packet.text, bounds: SocketIOBounds()) == packet)
        }
    }
}
