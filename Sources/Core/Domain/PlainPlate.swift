/// A fast path of ``PlateText`` for nearly all plates: ASCII and Thai characters that take part in no composition,
/// processed byte by byte (RFC 3629 §3).
enum PlainPlate {
    /// Whether a plain text is tidy already; false also if it is not plain.
    static func isTidy(_ text: String) -> Bool {
        let bytes = text.utf8.span
        var mayBlank = false
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            guard byte != 0x20 || mayBlank else { return false }
            mayBlank = byte != 0x20
            guard let width = plainWidth(bytes, position), byte >= 0x20 else { return false }
            position += width
        }
        return bytes.isEmpty || mayBlank
    }

    /// ``PlateText/normalized(_:)`` of a plain text; nil if it is not plain.
    static func normalized(_ text: String) -> String? {
        let bytes = text.utf8.span
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            guard let width = plainWidth(bytes, position) else { return nil }
            let byte = bytes[position]
            switch byte {
            case 0x20, 0x09...0x0D, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"):
                break
            case UInt8(ascii: "a")...UInt8(ascii: "z"): kept.append(byte - 0x20)
            case ..<0x80: kept.append(byte)
            case _ where isThaiDigit(bytes, position): kept.append(bytes[position + 2] - 0x60)
            default:
                // Two SARA E become one character, ฃ and ฅ another one.
                if isSaraE(bytes, position), kept.suffix(3).elementsEqual([0xE0, 0xB9, 0x80]) {
                    return nil
                }
                if isObsolete(bytes, position) {
                    kept += [0xE0, 0xB8, bytes[position + 2] - 1]
                    break
                }
                for offset in 0..<width { kept.append(bytes[position + offset]) }
            }
            position += width
        }
        return String(decoding: kept, as: UTF8.self)
    }

    /// The byte length of a plain character; nil for any other.
    ///
    /// Thai vowels below, phinthu, tone marks, nikhahit and the other marks above may be reordered or composed:
    /// U+0E38 to U+0E3A and U+0E48 to U+0E4E are not plain.
    private static func plainWidth(_ bytes: Span<UInt8>, _ position: Int) -> Int? {
        guard bytes[position] >= 0x80 else { return 1 }
        guard bytes[position] == 0xE0, position + 2 < bytes.count else { return nil }
        switch (bytes[position + 1], bytes[position + 2]) {
        case (0xB8, 0x81...0xB7), (0xB8, 0xBF): return 3
        case (0xB9, 0x80...0x87), (0xB9, 0x8F...0x9B): return 3
        default: return nil
        }
    }

    /// U+0E40.
    private static func isSaraE(_ bytes: Span<UInt8>, _ position: Int) -> Bool {
        bytes[position + 1] == 0xB9 && bytes[position + 2] == 0x80
    }

    /// U+0E03 and U+0E05.
    private static func isObsolete(_ bytes: Span<UInt8>, _ position: Int) -> Bool {
        bytes[position + 1] == 0xB8 && (bytes[position + 2] == 0x83 || bytes[position + 2] == 0x85)
    }

    /// U+0E50 to U+0E59.
    private static func isThaiDigit(_ bytes: Span<UInt8>, _ position: Int) -> Bool {
        bytes[position + 1] == 0xB9 && (0x90...0x99).contains(bytes[position + 2])
    }
}
