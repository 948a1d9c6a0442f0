import Foundation

/// The rules by which different spellings of a plate become one.
///
/// Unicode NFC; blanks, hyphens, points and zero-width characters removed; Latin letters in upper
/// case; Thai digits ๐–๙ as 0–9. Combining marks are part of a plate and stay.
public enum PlateText {
    /// The text trimmed, composed, without zero-width characters, each run of blanks as one space.
    public static func tidied(_ text: String) -> String {
        if PlainPlate.isTidy(text) { return text }
        var tidy = String.UnicodeScalarView()
        var owesSpace = false
        for scalar in composed(text).unicodeScalars where !isZeroWidth(scalar) {
            if isBlank(scalar) {
                owesSpace = !tidy.isEmpty
            } else {
                if owesSpace { tidy.append(" ") }
                owesSpace = false
                tidy.append(scalar)
            }
        }
        return String(tidy)
    }

    /// What is compared and searched.
    ///
    /// Idempotent.
    public static func normalized(_ text: String) -> String {
        if let plain = PlainPlate.normalized(text) { return plain }
        var kept = String.UnicodeScalarView()
        for scalar in composed(text).unicodeScalars
        where !isZeroWidth(scalar) && !isBlank(scalar) && !isSeparator(scalar) {
            switch scalar.value {
            case 0x0E50...0x0E59:
                // A Thai digit counts as the Latin one.
                kept.append(Unicode.Scalar(UInt8(0x30 + scalar.value - 0x0E50)))
            case 0x61...0x7A:
                kept.append(Unicode.Scalar(UInt8(scalar.value - 0x20)))
            case ..<0x80, 0x0E00...0x0E7F:
                kept.append(scalar)
            default:
                kept.append(contentsOf: scalar.properties.uppercaseMapping.unicodeScalars)
            }
        }
        // Upper-casing and removal can bring marks together that compose: once more, for idempotence.
        return composed(String(kept))
    }

    /// Takes the province off the end of normalised text, where a number stands before it.
    public static func split(_ normalized: String) -> (number: String, province: Province?) {
        guard let last = normalized.unicodeScalars.last, let endings = endingsByLast[last] else {
            return (normalized, nil)
        }
        let scalars = normalized.unicodeScalars
        // Longest first, and something must be left: a plate is never only a province.
        for ending in endings where scalars.count > ending.scalars.count {
            let start = scalars.index(scalars.endIndex, offsetBy: -ending.scalars.count)
            guard scalars[start...].elementsEqual(ending.scalars) else { continue }
            return (String(scalars[..<start]), Province(code: ending.code))
        }
        return (normalized, nil)
    }

    /// What may stand after a number; the code is 0 for Hikvision's “unknown”.
    private struct Ending {
        let scalars: [Unicode.Scalar]
        let code: Int
    }

    /// The endings by their last character, so that a plate is held against a few of them only.
    private static let endingsByLast: [Unicode.Scalar: [Ending]] = {
        let names = ["ไม่ทราบ"] + Province.names.map(normalized)
        let endings = names.enumerated().map { code, name in
            Ending(scalars: Array(name.unicodeScalars), code: code)
        }
        return Dictionary(
            grouping: endings.sorted { $0.scalars.count > $1.scalars.count },
            by: { $0.scalars.last ?? " " }
        )
    }()

    /// Whether a character may stand in a plate: a letter, mark or digit of any script, a space, a
    /// hyphen, “.”, “/” or “·”.
    public static func isPermitted(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20, 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2F: return true
        case 0x0E01...0x0E3A, 0x0E40...0x0E4E, 0x0E50...0x0E59: return true
        default: break
        }
        if isSeparator(scalar) { return true }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .decimalNumber:
            return true
        default: return false
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20, 0x09, 0x0A, 0x0D, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2D, 0x2E, 0xB7, 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63, 0xFF0D: true
        default: false
        }
    }

    private static func isZeroWidth(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x200B...0x200D, 0x2060, 0xFEFF: true
        default: false
        }
    }

    /// Unicode NFC; nothing to do where no character can take part in a composition.
    private static func composed(_ text: String) -> String {
        let isComposed = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            // Thai below-vowels, phinthu and tone marks have a combining class and may change places.
            case ..<0xC0, 0x0E01...0x0E37, 0x0E3F...0x0E47, 0x0E4D...0x0E5B: true
            default: false
            }
        }
        return isComposed ? text : text.precomposedStringWithCanonicalMapping
    }
}
