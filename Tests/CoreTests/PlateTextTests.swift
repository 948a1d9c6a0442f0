import Core
import Seeded
import Testing

@Suite struct PlateTextTests {
    @Test(arguments: [
        "กข 1234", "กข-1234", "กข๑๒๓๔", " กข  1234 ", "ก\u{200B}ข1234", "กข1234 กรุงเทพมหานคร",
        "กข\u{2013}1234\u{FEFF}", "กข1234กรุงเทพมหานคร", "\u{200F}กข 1234\u{200E}",
        "กข\u{FE0F} 1234\u{34F}",
        "กข 1234\u{0}\u{0}", "กข 1234 กทม\u{200E}", "กข\u{B}12\u{C}34", "กข\u{85}12\u{2028}34",
        "กข/1234",
        "กข 1234 กทม \u{0}",
    ])
    func spellingsOfOnePlateAreOne(_ text: String) throws {
        #expect(try Plate(text, limits: Limits()).number == "กข1234")
    }

    @Test func aProvinceAfterTheNumberIsKeptApart() throws {
        let plate = try Plate("1กก 234 เชียงใหม่", limits: Limits())
        #expect(plate.number == "1กก234")
        #expect(plate.province?.name == "เชียงใหม่")
        #expect(plate.text == "1กก 234 เชียงใหม่")
    }

    /// A zero-width space is dropped, and makes the text one that must be looked at scalar by scalar.
    @Test(arguments: 0..<300 as Range<UInt64>)
    func plainTextsFollowTheSameRules(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let scalars = Array("aZ09กฮ๑๙ะาเแๆํ. -/\t\n\u{B}\u{C}\u{1}é·ุ่".unicodeScalars)
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            text.append(scalars[Int.random(in: 0..<scalars.count, using: &random)])
        }
        let plain = String(text)
        #expect(PlateText.tidied(plain) == PlateText.tidied(plain + "\u{200B}"))
        #expect(PlateText.normalized(plain) == PlateText.normalized(plain + "\u{200B}"))
    }

    @Test(arguments: Province.names)
    func everyProvinceIsRecognised(_ name: String) throws {
        let plate = try Plate("กข 1 \(name)", limits: Limits())
        #expect(plate.province?.name == name)
        #expect(plate.number == "กข1")
    }

    @Test func aPlateIsNeverOnlyAProvince() throws {
        let plate = try Plate("ตาก", limits: Limits())
        #expect(plate.number == "ตาก")
        #expect(plate.province == nil)
    }

    @Test func unknownAsAProvinceIsNone() throws {
        let plate = try Plate("กข1234 ไม่ทราบ", limits: Limits())
        #expect(plate.number == "กข1234")
        #expect(plate.province == nil)
    }

    @Test func latinLettersAreUpperCased() throws {
        #expect(try Plate("ab-12 cd", limits: Limits()).number == "AB12CD")
    }

    @Test(arguments: ["", "   ", "\u{200B}", "-", " - - "])
    func aPlateWithoutALetterOrDigitIsRefused(_ text: String) {
        #expect(throws: Refusal.self) { try Plate(text, limits: Limits()) }
    }

    @Test(arguments: ["A\u{0}B", "A\nB\u{7}", "<script>", "A;B", "\u{202E}1234", "😀1", "A'B"])
    func whatNoPlateHoldsIsRefused(_ text: String) {
        #expect(throws: Refusal.self) { try Plate(text, limits: Limits()) }
    }

    @Test func lengthIsCountedAsPeopleCount() throws {
        #expect(try Plate(String(repeating: "กี่", count: 40), limits: Limits()).text.count == 40)
        #expect(throws: Refusal.self) {
            try Plate(String(repeating: "A", count: 41), limits: Limits())
        }
        #expect(throws: Refusal.self) {
            try Plate("ก" + String(repeating: "\u{E48}", count: 300), limits: Limits())
        }
    }

    @Test func marksOfOtherOrderAreTheSamePlate() throws {
        // SARA U and MAI EK, typed in either order: Unicode NFC decides.
        #expect(PlateText.normalized("กุ่1") == PlateText.normalized("กุ่1"))
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func normalisationIsIdempotent(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array(
            "กขฃคผฝฟ1๑๒-– \u{200B}aZßéÅA\u{30A}\u{E38}\u{E48}\u{E4D}\u{E33}ญ\u{1100}\u{1161}"
                .unicodeScalars
        )
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
        }
        let once = PlateText.normalized(String(text))
        #expect(PlateText.normalized(once).unicodeScalars.elementsEqual(once.unicodeScalars))
    }
}
