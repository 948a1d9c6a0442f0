/// Canonical order and spelling for Thai characters that look the same however they were typed.
///
/// Unicode's normal forms keep many of them distinct: only vowels below and tone marks have a combining class, and
/// SARA AM has no canonical decomposition.
enum ThaiText {
    /// The characters of a text in canonical order; other scripts are unchanged.
    static func arranged(_ text: String.UnicodeScalarView) -> String.UnicodeScalarView {
        var arranged: [Unicode.Scalar] = []
        arranged.reserveCapacity(text.count)
        for scalar in text { append(scalar, to: &arranged) }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: arranged)
        return result
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout [Unicode.Scalar]) {
        switch scalar {
        case "เ" where text.last == "เ":
            // Two SARA E are typed for SARA AE.
            text[text.count - 1] = "แ"
        case "า":
            // NIKHAHIT and SARA AA are SARA AM; a tone mark may be between them.
            var nikhahit = text.count
            while nikhahit > 0, let order = order(of: text[nikhahit - 1]), order >= nikhahitOrder {
                nikhahit -= 1
                guard text[nikhahit] == "\u{E4D}" else { continue }
                text.remove(at: nikhahit)
                text.append("ำ")
                return
            }
            text.append(scalar)
        default:
            guard let order = order(of: scalar) else { return text.append(scalar) }
            var place = text.count
            // A tone mark typed after SARA AM precedes it.
            if order == toneOrder, text.last == "ำ" { place -= 1 }
            while place > 0, let other = self.order(of: text[place - 1]), other > order {
                place -= 1
            }
            text.insert(scalar, at: place)
        }
    }

    private static let nikhahitOrder = 3
    private static let toneOrder = 4

    /// The rank of a mark among those of one consonant; nil if it is not a mark.
    ///
    /// Agrees with Unicode's combining classes, so that a text in this order is in NFC.
    private static func order(of scalar: Unicode.Scalar) -> Int? {
        switch scalar.value {
        case 0x0E3A: 0
        case 0x0E38, 0x0E39: 1
        case 0x0E31, 0x0E34...0x0E37, 0x0E47: 2
        case 0x0E4D: nikhahitOrder
        case 0x0E48...0x0E4B: toneOrder
        case 0x0E4C, 0x0E4E: 5
        default: nil
        }
    }
}
