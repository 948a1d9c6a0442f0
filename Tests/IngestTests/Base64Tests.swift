import Foundation
import Seeded
import Testing

@testable import Ingest

/// Base64 against Foundation's, in every dress that cameras give it.
struct Base64Tests {
    @Test(arguments: 0..<300 as Range<UInt64>)
    func bytesComeBack(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
        var options: Data.Base64EncodingOptions = []
        if Bool.random(using: &random) { options.insert(.lineLength76Characters) }
        var text = Data(bytes).base64EncodedString(options: options)
        if Bool.random(using: &random) { text = text.replacing("=", with: "") }
        if Bool.random(using: &random) {
            text = text.replacing("+", with: "-").replacing("/", with: "_")
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let place = text.utf8.indices.randomElement(using: &random) ?? text.startIndex
            text.insert([" ", "\t", "\n"].randomElement(using: &random) ?? " ", at: place)
        }
        #expect(Base64.decode(text[...].utf8) == bytes)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func whatIsNoDigitIsRefusedWhereverItStands(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var text = String(
            repeating: "QUJD",
            count: Int.random(in: 1...40, using: &random)
        )
        let place = text.utf8.indices.randomElement(using: &random) ?? text.startIndex
        text.insert(
            ["!", "\0", "ก", "\u{7F}", "."].randomElement(using: &random) ?? "!",
            at: place
        )
        #expect(Base64.decode(text[...].utf8) == nil)
    }

    @Test(arguments: ["Q", "QUJDR", "QQ==QUJD", "=QUJD", "QUJD=QUJD"])
    func halfAByteOrDigitsBehindPaddingAreRefused(text: String) {
        #expect(Base64.decode(text[...].utf8) == nil)
    }

    /// A form's decoder makes blanks of `+`.
    @Test(arguments: 0..<100 as Range<UInt64>)
    func spacesOfFormsArePluses(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
            UInt8.random(in: 240 ... .max, using: &random)
        }
        let text = Data(bytes).base64EncodedString()
        let sent = text.replacing("+", with: " ")
        #expect(Base64.decode(sent[...].utf8, spaces: .pluses) == bytes)
        #expect(!Base64.holdsBlanks(text[...].utf8, bytes: bytes.count))
        let kept = Base64.decode(sent[...].utf8)
        let isNoticed = kept.map { Base64.holdsBlanks(sent[...].utf8, bytes: $0.count) } ?? true
        #expect(isNoticed == text.contains("+"))
    }

    @Test(arguments: [("", ""), ("QQ==", "A"), ("QUI", "AB"), ("Q U\nI=", "AB"), ("====", "")])
    func shortTextsAreDecoded(text: String, expected: String) {
        #expect(Base64.decode(text[...].utf8) == Array(expected.utf8))
    }
}
