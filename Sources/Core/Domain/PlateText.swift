import Foundation

/// The normalization that makes different spellings of a plate equal.
///
/// Unicode NFKC with Thai marks in one order (``ThaiText``); blanks, hyphens, slashes, points and zero-width
/// characters removed; Latin letters in upper case; Thai digits ๐–๙ as 0–9; the obsolete letters ฃ and ฅ, which no
/// plate has, as ข and ค. Combining marks are part of a plate and stay.
public enum PlateText {
    /// The text trimmed, composed, without zero-width characters, each sequence of blanks as one space.
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
        // Texts from C may include the terminating NUL.
        while let last = tidy.last, last == "\0" || last == " " { tidy.removeLast() }
        return String(tidy)
    }

    /// The form that is compared and searched.
    ///
    /// Idempotent.
    public static func normalized(_ text: String) -> String {
        if let plain = PlainPlate.normalized(text) { return plain }
        // Nothing in these scripts composes or decomposes.
        let isThai = text.unicodeScalars.allSatisfy {
            $0.value < 0x80 || (0x0E00...0x0E7F).contains($0.value)
        }
        if isThai { return String(ThaiText.arranged(compared(text))) }
        // Upper-casing and removal can make marks adjacent that compose: once more, for idempotence.
        let compared = compared(text.precomposedStringWithCompatibilityMapping)
        return String(
            ThaiText.arranged(
                String(compared).precomposedStringWithCompatibilityMapping.unicodeScalars
            )
        )
    }

    /// The significant characters: letters in upper case, digits as 0–9, ฃ and ฅ as ข and ค.
    private static func compared(_ text: String) -> String.UnicodeScalarView {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars
        where !isZeroWidth(scalar) && !isBlank(scalar) && !isSeparator(scalar) {
            switch scalar.value {
            case 0x0E50...0x0E59:
                // A Thai digit equals the Latin one.
                kept.append(Unicode.Scalar(UInt8(0x30 + scalar.value - 0x0E50)))
            case 0x61...0x7A:
                kept.append(Unicode.Scalar(UInt8(scalar.value - 0x20)))
            case 0x0E03: kept.append("ข")
            case 0x0E05: kept.append("ค")
            case ..<0x80, 0x0E00...0x0E7F:
                kept.append(scalar)
            default:
                kept.append(contentsOf: scalar.properties.uppercaseMapping.unicodeScalars)
            }
        }
        return kept
    }

    /// Splits the province off the end of normalized text, if a number precedes it.
    public static func split(_ normalized: String) -> (number: String, province: Province?) {
        ProvinceEnding.split(normalized)
    }

    /// Whether a character is allowed in a plate: a letter, mark or digit of any script, a space, a hyphen, “.”, “/”
    /// or “·”.
    public static func isPermitted(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20, 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
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
        case 0x20, 0x09...0x0D, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
            0x3000:
            true
        default: false
        }
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2D, 0x2E, 0x2F, 0xB7, 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63, 0xFF0D: true
        default: false
        }
    }

    private static func isZeroWidth(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Joiners, direction marks, variation selectors.
        case 0xAD, 0x034F, 0x061C, 0x180B...0x180F, 0x200B...0x200F, 0x2060...0x2064,
            0xFE00...0xFE0F, 0xFEFF:
            true
        default: false
        }
    }

    /// Unicode NFC; a no-op if no character can take part in a composition.
    private static func composed(_ text: String) -> String {
        let isComposed = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            // Thai below-vowels, phinthu and tone marks have a combining class and may be reordered.
            case ..<0xC0, 0x0E01...0x0E37, 0x0E3F...0x0E47, 0x0E4D...0x0E5B: true
            default: false
            }
        }
        return isComposed ? text : text.precomposedStringWithCanonicalMapping
    }
}
