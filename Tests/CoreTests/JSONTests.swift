import Core
import Foundation
import Seeded
import Testing

@Suite struct JSONTests {
    private func parse(_ text: String) throws -> JSON { try JSONParser.parse(Array(text.utf8)) }

    @Test func everyKindIsParsed() throws {
        let json = try parse(#" {"a":[1,-2.5e3,true,false,null],"ก":"x\n\u0e01\ud83d\ude00\/"} "#)
        #expect(
            json
                == .object([
                    .init(
                        "a",
                        .array([.number(1), .number(-2_500), .bool(true), .bool(false), .null])
                    ),
                    .init("ก", .string("x\nก😀/")),
                ])
        )
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "1e", "nul", "\"", "\"\\x\"",
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "[1 2]", "{1:2}", "1 2", "'a'", "NaN", "Infinity",
        "1e999",
        "\"\t\"", "\"\u{0}\"", "{\"a\"}", "[", "tru", "-", "\"\\u12g4\"",
    ])
    func whatIsNoJSONIsRefused(_ text: String) {
        #expect(throws: Refusal.self) { try parse(text) }
    }

    /// What Python writes where there is no number, in what cameras send only.
    @Test(arguments: ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
    func noNumberIsTakenWhereItIsAllowed(_ text: String) throws {
        for document in [text, "[\(text)]", #"{"a":\#(text)}"#] {
            #expect(throws: Refusal.self) { try parse(document) }
        }
        let bytes = Array(#"{"a":\#(text),"b":1}"#.utf8)
        let json = try JSONParser.parse(bytes, takesNonFinite: true)
        guard case .number(let number)? = json["a"] else { throw Refusal(.fault, "no number") }
        #expect(number.isNaN && json["b"] == .number(1))
        for broken in ["Na", "NaNs", "-NaN", "Inf", "+Infinity", "nan"] {
            let bytes = Array(broken.utf8)
            #expect(throws: Refusal.self) { try JSONParser.parse(bytes, takesNonFinite: true) }
        }
    }

    @Test func invalidUTF8IsRefused() {
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE0, 0xB8]] {
            #expect(throws: Refusal.self) { try JSONParser.parse([0x22] + bytes + [0x22]) }
        }
    }

    @Test func depthIsBounded() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: Refusal.self) { try parse(deep) }
        let allowed = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(throws: Never.self) { try parse(allowed) }
    }

    @Test func ofEqualNamesTheLastCounts() throws {
        #expect(try parse(#"{"a":1,"a":2}"#)["a"] == .number(2))
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func parsingUndoesWriting(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let json = randomJSON(&random, depth: 0)
        #expect(try parse(json.json) == json)
        // Foundation agrees that it is JSON.
        let data = Data(json.json.utf8)
        #expect(throws: Never.self) {
            try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
        }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func mutatedDocumentsNeverCrash(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var bytes = Array(randomJSON(&random, depth: 0).json.utf8)
        for _ in 0..<5 where !bytes.isEmpty {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                in: 0...255,
                using: &random
            )
        }
        _ = try? JSONParser.parse(bytes)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func numbersAreRoundedAsTheLibraryRounds(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func digits(_ count: Int) -> String {
            String((0..<count).map { _ in "0123456789".randomElement(using: &random) ?? "0" })
        }
        let whole = "1" + digits(Int.random(in: 0...20, using: &random))
        let fraction = digits(Int.random(in: 1...20, using: &random))
        for text in ["-\(whole).\(fraction)", "0.\(fraction)", "\(whole).\(fraction)e-3"] {
            #expect(try parse(text) == .number(#require(Double(text))))
        }
        if let number = Int64(whole) {
            let isExact = number <= 1 << 53
            #expect(try parse(whole) == (isExact ? .number(Double(number)) : .integer(number)))
        }
    }

    /// Long text is skipped by words: whatever ends it may stand anywhere in one, and the text anywhere.
    @Test(arguments: 0..<100)
    func longTextEndsWhereverItEnds(length: Int) throws {
        let text = String(repeating: "a", count: length)
        for blanks in 0..<3 {
            let before = String(repeating: " ", count: blanks)
            #expect(try JSONParser.parse(Array("\(before)\"\(text)\"".utf8)) == .string(text))
            #expect(
                try JSONParser.parse(Array("\(before)\"\(text)\\n\(text)\"".utf8))
                    == .string("\(text)\n\(text)")
            )
            #expect(
                try JSONParser.parse(Array("\(before)[\"\(text)ก\",\"\(text)\"]".utf8))
                    == .array([.string(text + "ก"), .string(text)])
            )
            for broken in ["\"\(text)\u{1F}\(text)\"", "\"\(text)", "\"\(text)\\"] {
                #expect(throws: Refusal.self) {
                    try JSONParser.parse(Array((before + broken).utf8))
                }
            }
            // A document that ends before its bytes do, as a line of NDJSON.
            let two = Array("\(before)\"\(text)\"".utf8)
            #expect(throws: Refusal.self) { try JSONParser.parse(two, in: 0..<(two.count - 1)) }
        }
    }

    private func randomJSON(_ random: inout SeededGenerator, depth: Int) -> JSON {
        switch Int.random(in: 0...(depth > 4 ? 3 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2:
            return .number(
                Bool.random(using: &random)
                    ? Double(Int.random(in: -1_000_000...1_000_000, using: &random))
                    : Double.random(in: -1e20...1e20, using: &random)
            )
        case 3: return .string(randomText(&random))
        case 4: return .array((0..<3).map { _ in randomJSON(&random, depth: depth + 1) })
        default:
            return .object(
                (0..<3).map {
                    .init("\($0)" + randomText(&random), randomJSON(&random, depth: depth + 1))
                }
            )
        }
    }

    private func randomText(_ random: inout SeededGenerator) -> String {
        let letters = Array("aกข\"\\/\n\u{1}<>&😀é\u{7F} ")
        return String(
            (0..<6).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] }
        )
    }
}
