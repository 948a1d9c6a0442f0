import Foundation
import GRDB
import Seeded
import Testing

@testable import Core

/// Every spelling of a plate is one plate.
@Suite struct PlateIdentityTests {
    private func plate(_ text: String) throws -> Plate { try Plate(text, limits: Limits()) }

    /// What a text is typed or sent as, looking the same.
    private func spellings(of text: String, _ random: inout SeededGenerator) -> [String] {
        let canonical = [
            text, text.decomposedStringWithCanonicalMapping,
            text.precomposedStringWithCompatibilityMapping,
            text.decomposedStringWithCompatibilityMapping,
            text.replacing("แ", with: "เเ"),
        ]
        return canonical + canonical.map { shuffledMarks($0, &random) }
            + canonical.map { $0.replacing("\u{E4D}า", with: "ำ") }
    }

    private func shuffledMarks(_ text: String, _ random: inout SeededGenerator) -> String {
        var result = String.UnicodeScalarView()
        var marks: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0E31, 0x0E34...0x0E3A, 0x0E47...0x0E4E: marks.append(scalar)
            default:
                result.append(contentsOf: marks.shuffled(using: &random))
                marks = []
                result.append(scalar)
            }
        }
        result.append(contentsOf: marks.shuffled(using: &random))
        return String(result)
    }

    @Test(arguments: Province.names)
    func everySpellingOfAProvinceIsThatProvince(_ name: String) throws {
        var random = SeededGenerator(seed: UInt64(name.utf8.count))
        for spelling in spellings(of: name, &random) {
            for prefix in ["", "จ.", "จ. ", "จังหวัด", " จังหวัด "] {
                let plate = try plate("1กก 1111 \(prefix)\(spelling)")
                #expect(plate.number == "1กก1111", "\(prefix)\(spelling)")
                #expect(plate.province?.name == name, "\(prefix)\(spelling)")
            }
            #expect(Province(spelling: spelling)?.name == name)
        }
    }

    /// 44 letters are 42: ฃ and ฅ are obsolete, and ข and ค on every plate.
    @Test func lettersAreAsManyAsPlatesHave() throws {
        let letters = (0x0E01...0x0E2E).filter { $0 != 0x0E24 && $0 != 0x0E26 }
            .compactMap(Unicode.Scalar.init).map(String.init)
        #expect(letters.count == 44)
        var random = SeededGenerator(seed: 44)
        var numbers: Set<String> = []
        for letter in letters {
            let text = "\(letter)\(letter)ิ่ำ๑"
            let spelt = try Set(spellings(of: text, &random).map { try plate($0).number })
            #expect(spelt.count == 1, "\(letter)")
            numbers.formUnion(spelt)
        }
        #expect(numbers.count == 42)
    }

    @Test(arguments: [
        "กข 1234 กทม", "กข 1234 กทม.", "กข 1234 กรุงเทพฯ", "กข1234กรุงเทพ", "กข 1234 จ.กรุงเทพ",
        "ฃฃ".replacing("ฃฃ", with: "กฃ") + " 1234 Bangkok", "กข 1234 BANGKOK", "กข-1234 Krung Thep",
        "กข １２３４ ｂａｎｇｋｏｋ", "กข ๑๒๓๔ krungthep mahanakhon", "กข 1234 กรุงเทพมหานคร ไม่ทราบ",
    ])
    func bangkokIsSpeltInManyWays(_ text: String) throws {
        #expect(try plate(text).number == "กข1234")
        #expect(try plate(text).province?.code == 1)
    }

    @Test(arguments: [
        ("Chiang Mai", "เชียงใหม่"), ("chiangmai", "เชียงใหม่"), ("CHON-BURI", "ชลบุรี"),
        ("Chonburi", "ชลบุรี"), ("Korat", "นครราชสีมา"), ("Nakorn Ratchasima", "นครราชสีมา"),
        ("Phra Nakhon Si Ayutthaya", "พระนครศรีอยุธยา"), ("Ayutthaya", "พระนครศรีอยุธยา"),
        ("Buriram", "บุรีรัมย์"), ("Suphan Buri", "สุพรรณบุรี"), ("Nan Province", "น่าน"), ("TAK", "ตาก"),
        ("Tak Province", "ตาก"), ("Si Sa Ket", "ศรีสะเกษ"), ("Bueng Kan", "บึงกาฬ"),
    ])
    func romanisedProvincesAreRecognised(_ spelling: String, _ name: String) throws {
        let plate = try plate("1กก 22 \(spelling)")
        #expect(plate.number == "1กก22")
        #expect(plate.province?.name == name)
    }

    /// What people and programs write around a province, and how they shorten and misspell it.
    @Test(arguments: [
        ("Bangkok Thailand", 1), ("กรุงเทพมหานคร ประเทศไทย", 1), ("Bangkok City", 1),
        ("Changwat Krabi", 2), ("Changwat Nan", 26), ("/กทม", 1), ("/ Bangkok", 1),
        ("กรุงเทพมหานคร กรุงเทพมหานคร", 1), ("กทม กทม", 1), ("กรุงเทพฯ Bangkok", 1),
        ("กทม nan", 1), ("Bangkok unknown", 1), ("เขตบางรัก กรุงเทพมหานคร", 1),
        ("นครศรีฯ", 22), ("นครศรี", 22), ("ประจวบฯ", 30), ("อุบลฯ", 76), ("อุดร", 73),
        ("สุพรรณฯ", 67), ("สุราษฎร์ฯ", 68), ("สุราษฏร์ธานี", 68), ("สงขลาฯ", 58), ("ชลฯ", 9),
        ("Songkla", 58), ("Ratchburi", 51), ("Phetchaboon", 39), ("Petburi", 38), ("Lumpang", 53),
        ("Samut Songkram", 61), ("Samut Sakorn", 62), ("Sra Kaew", 63), ("Ubon Ratchatani", 76),
        ("Prachuap Kirikhan", 30), ("Chumpon", 12),
    ])
    func whatStandsAroundAProvinceIsLeftOut(_ ending: String, _ code: Int) throws {
        let plate = try plate("6ฌฌ 7002 \(ending)")
        #expect(plate.number == "6ฌฌ7002")
        #expect(plate.province?.code == code)
        #expect(plate.text == "6ฌฌ 7002 \(ending)")
    }

    /// No province was said, or one that cannot be told: the number alone is compared.
    @Test(arguments: [
        "nan", "NaN", "Nan", "none", "None", "null", "unknown", "n/a", "N/A", "-", "/", "ไม่ทราบ",
        "ไม่พบ",
        "ไม่ทราบจังหวัด", "ไม่ระบุ", "กรุงเทพมหานค", "Songkhlaa", "เชียงใหม่ กรุงเทพมหานคร", "Thailand",
        "ไทย",
        "X", "unknown nan",
    ])
    func whatIsNoProvinceIsNone(_ ending: String) throws {
        for number in ["6ฌฌ7002", "ก1", "12กขค 1234"] {
            let plate = try plate("\(number) \(ending)")
            #expect(plate.number == PlateText.normalized(number))
            #expect(plate.province == nil)
        }
    }

    /// Plates of other countries, and those that do not look like a Thai one, keep their letters.
    @Test(arguments: [
        "AB12CDE", "WX1234A", "1กกกก1ABC", "กก12345A", "กก1A2", "AB12NONE", "AB12ERROR", "京A12345X",
        "ກກ1234ກ", "123กก1A",
    ])
    func lettersOfOtherPlatesStay(_ text: String) throws {
        #expect(try plate(text).number == text)
        #expect(try plate(text).province == nil)
    }

    /// The renewal of kept plates relies on it.
    @Test(arguments: 0..<300 as Range<UInt64>)
    func splittingIsIdempotent(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let parts = [
            "6ฌฌ", "7002", "AB", "กทม", "nan", "Thailand", "เชียงใหม่", "กรุงเทพมหานคร", "ไม่ทราบ",
            "จ.",
            "Bangkok", "X", "Changwat", "ฯ",
        ]
        let text = (0..<Int.random(in: 1...5, using: &random))
            .map { _ in parts[Int.random(in: 0..<parts.count, using: &random)] }.joined()
        let once = PlateText.split(PlateText.normalized(text))
        let again = PlateText.split(once.number)
        let whole = PlateText.split(once.number + (once.province?.name ?? ""))
        guard once.number.unicodeScalars.last.map({ $0.properties.numericType != nil }) ?? false
        else { return }
        #expect(again.number == once.number && again.province == nil, "\(text)")
        #expect(whole.number == once.number && whole.province == once.province, "\(text)")
    }

    @Test func everyProvinceHasARomanisedSpelling() {
        let codes = Province.spellings.filter { $0.key.utf8.allSatisfy { $0 < 0x80 } }.map(\.value)
        #expect(Set(codes).count == Province.names.count)
    }

    /// A foreign plate does not lose its letters to a short province.
    @Test(arguments: ["AB12NAN", "AB12TAK", "XTRAT", "1กจ", "กทม", "BANGKOK"])
    func whatIsPartOfANumberStays(_ text: String) throws {
        #expect(try plate(text).number == text)
        #expect(try plate(text).province == nil)
    }

    @Test(arguments: [
        ("9กก 1111 ล\u{E4D}าปาง", "9กก 1111 ลำปาง"), ("น\u{E4D}\u{E49}า 1", "น้ำ 1"),
        ("น\u{E49}\u{E4D}า 1", "น้ำ 1"), ("นำ\u{E49} 1", "น้ำ 1"),
        ("ก\u{E48}\u{E34} 1", "ก\u{E34}\u{E48} 1"),
        ("พันธ\u{E4C}\u{E38} 1", "พันธ\u{E38}\u{E4C} 1"), ("เเดง 1", "แดง 1"), ("ＡＢ１２", "AB12"),
        ("กเ-เ1", "กแ1"),
    ])
    func whatLooksTheSameIsTheSame(_ one: String, _ other: String) throws {
        #expect(try plate(one).number == plate(other).number)
        #expect(try plate(one).province == plate(other).province)
    }
}
