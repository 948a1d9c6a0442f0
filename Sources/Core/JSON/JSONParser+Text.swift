/// String parsing; most strings have no escapes and are skipped 32 bytes at a time.
extension JSONParser {
    mutating func string() throws(Refusal) -> String {
        position += 1
        let start = position
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let text = try validated(bytes[start..<position])
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw broken("control character in a string") }
            position += 1
            if position - start == JSONParser.longText { position = plainTextEnd() }
        }
        throw broken("unterminated string")
    }

    /// The length from which a string is scanned in 32-byte blocks: a picture in base64 has forty thousand.
    private static let longText = 32

    /// The end of the 32-byte blocks without a quotation mark, an escape or a control character.
    ///
    /// SAFETY: any 32 bytes are four valid integers, and `RawSpan` checks the bounds.
    private func plainTextEnd() -> Int {
        typealias Words = SIMD4<UInt64>
        let ones = Words(repeating: 0x0101_0101_0101_0101)
        let (quote, escape) = (
            ones &* UInt64(UInt8(ascii: "\"")), ones &* UInt64(UInt8(ascii: "\\"))
        )
        let (blank, highBits) = (ones &* 0x20, ones &* 0x80)
        let raw = unsafe bytes.span.bytes
        var next = position
        while next + 32 <= end {
            let words = unsafe raw.unsafeLoadUnaligned(fromByteOffset: next, as: Words.self)
            let (quotes, escapes) = (words ^ quote, words ^ escape)
            // A byte borrows into its high bit if it is less than the subtrahend; the byte above one that did may
            // seem to as well, so that a block with a hit is scanned byte by byte.
            let hits =
                ((quotes &- ones) & ~quotes | (escapes &- ones) & ~escapes
                    | (words &- blank) & ~words) & highBits
            guard hits == .zero else { break }
            next += 32
        }
        return next
    }

    /// The slow path after an escape; `start` is the string's first byte.
    private mutating func escapedString(from start: Int) throws(Refusal) -> String {
        var unescaped = Array(bytes[start..<position])
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return try validated(unescaped[...])
            }
            guard byte >= 0x20 else { throw broken("control character in a string") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                unescaped.append(contentsOf: String(try escape()).utf8)
            } else {
                unescaped.append(byte)
            }
        }
        throw broken("unterminated string")
    }

    private func validated(_ slice: ArraySlice<UInt8>) throws(Refusal) -> String {
        do {
            // Not `String(validating:as:)`: it is generic, and looks up its type for each string.
            return String(copying: try UTF8Span(validating: slice.span))
        } catch {
            throw broken("a string is not valid UTF-8")
        }
    }

    private mutating func escape() throws(Refusal) -> Unicode.Scalar {
        guard let letter = next else { throw broken("unterminated string") }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw broken("unknown escape sequence")
        }
    }

    /// Four hexadecimal digits after `\u`, and two such escapes for a character beyond the basic plane; an unpaired
    /// surrogate is refused.
    private mutating func unicodeEscape() throws(Refusal) -> Unicode.Scalar {
        let first = try hexUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, next == UInt8(ascii: "\\") else {
            throw broken("unpaired surrogate")
        }
        position += 1
        guard next == UInt8(ascii: "u") else { throw broken("unpaired surrogate") }
        position += 1
        let second = try hexUnit()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw broken("unpaired surrogate") }
        return scalar
    }

    private mutating func hexUnit() throws(Refusal) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw broken("invalid \\u escape")
            }
            unit = unit << 4 + UInt32(digit)
            position += 1
        }
        return unit
    }
}
