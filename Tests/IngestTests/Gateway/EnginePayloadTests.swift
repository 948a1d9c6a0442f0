import Seeded
import Testing

@testable import Ingest

@Suite struct EnginePayloadTests {
    private func decode(_ text: String) -> [EnginePacket]? {
        EnginePayload.decode(Array(text.utf8))
    }

    @Test func packetsAreJoinedBySeparators() {
        let packets = decode("4hello\u{1e}2\u{1e}bAQIDBA==\u{1e}4")
        #expect(
            packets == [
                .message(Array("hello".utf8)), .ping([]), .binary([1, 2, 3, 4]), .message([]),
            ]
        )
    }

    @Test func encodingIsTheInverse() {
        let packets: [EnginePacket] = [
            .message(Array("กข 1234".utf8)), .binary([]), .binary([255]), .binary([1, 2]),
            .binary([0, 254, 7]), .noop, .close, .pong(Array("probe".utf8)),
        ]
        #expect(EnginePayload.decode(EnginePayload.encode(packets)) == packets)
    }

    @Test(arguments: ["", "abc", "4a\u{1e}", "\u{1e}4a", "7", "b!", "bAQ", "4a\u{1e}\u{1e}4b"])
    func whatIsNoPacketIsRefused(_ text: String) {
        #expect(decode(text) == nil)
    }

    @Test func textMustBeUnicode() {
        #expect(EnginePayload.decode([0x34, 0xFF]) == nil)
    }

    @Test func packetsOfABodyAreBounded() {
        let body = Array("4\u{1e}4\u{1e}4".utf8)
        #expect(EnginePayload.decode(body, packetsMax: 3)?.count == 3)
        #expect(EnginePayload.decode(body, packetsMax: 2) == nil)
    }

    @Test(arguments: 0..<8)
    func randomBodiesAreRefusedOrReadBack(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("0123456b\u{1e}=Aa{}".utf8)
        for _ in 0..<5_000 {
            let body = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? alphabet.randomElement(using: &generator) ?? 0
                    : UInt8.random(in: 0...255, using: &generator)
            }
            guard let packets = EnginePayload.decode(body) else { continue }
            #expect(EnginePayload.decode(EnginePayload.encode(packets)) == packets)
        }
    }

    @Test func sessionIDsAreLongAndDiffer() {
        let ids = Set((0..<1_000).map { _ in SessionID.make() })
        #expect(ids.count == 1_000)
        #expect(ids.allSatisfy { $0.utf8.count == 20 })
    }
}
