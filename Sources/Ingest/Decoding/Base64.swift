internal import CBase64

/// Decodes base64 (RFC 4648 §4 and §5): either alphabet, padded or not, line breaks tolerated.
///
/// SAFETY: C is lent the text and the room behind the bytes for the length of one call; that as many bytes as the
/// text has digits fit there is checked before.
enum Base64 {
    /// The meaning of spaces in a text; line breaks and tabs are never digits.
    enum Spaces {
        case ignored
        /// `+`, which the decoder of a form changed (WIRE).
        case pluses
    }

    /// The decoded bytes; nil if the text is not base64.
    static func decode(
        _ text: Substring.UTF8View,
        spaces: Spaces = .ignored
    ) -> [UInt8]? {
        decode(text.span, spaces == .ignored ? values : valuesOfForms)
    }

    /// Whether a text that decodes to so many bytes has characters other than digits.
    static func holdsBlanks(_ text: Substring.UTF8View, bytes: Int) -> Bool {
        let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
        return text.count - padding != (bytes * 4 + 2) / 3
    }

    /// `values` is taken once: a static value is asked for its first use each time, which cost as much as decoding.
    private static func decode(_ text: Span<UInt8>, _ values: [UInt8]) -> [UInt8]? {
        var isBase64 = true
        let decoded = [UInt8](capacity: text.count / 4 * 3 + 3) { bytes in
            var next = 0
            var group = Group()
            while isBase64, next < text.count {
                if group.isEmpty {
                    next = takeFours(of: text, from: next, values: values.span, into: &bytes)
                    guard next < text.count else { break }
                }
                isBase64 = group.take(values[Int(text[next])], into: &bytes)
                next += 1
            }
            isBase64 = isBase64 && group.end(into: &bytes)
        }
        return isBase64 ? decoded : nil
    }

    /// Takes digits by thirty-twos and then by fours, because a picture has forty thousand, up to where something
    /// else stands among them; returns where that is.
    private static func takeFours(
        of text: Span<UInt8>,
        from start: Int,
        values: Span<UInt8>,
        into bytes: inout OutputSpan<UInt8>
    ) -> Int {
        var next = start + takeMany(of: text, from: start, into: &bytes)
        while next + 4 <= text.count {
            let first = values[Int(text[next])]
            let second = values[Int(text[next + 1])]
            let third = values[Int(text[next + 2])]
            let fourth = values[Int(text[next + 3])]
            guard first | second | third | fourth < 64 else { break }
            bytes.append(first << 2 | second >> 4)
            bytes.append(second << 4 | third >> 2)
            bytes.append(third << 6 | fourth)
            next += 4
        }
        return next
    }

    /// Returns the number of decoded digits.
    private static func takeMany(
        of text: Span<UInt8>,
        from start: Int,
        into bytes: inout OutputSpan<UInt8>
    ) -> Int {
        let count = text.count - start
        precondition(bytes.freeCapacity >= count / 4 * 3)
        return unsafe text.withUnsafeBufferPointer { text in
            unsafe bytes.withUnsafeMutableBufferPointer { buffer, initialized in
                guard let text = text.baseAddress, let room = buffer.baseAddress else {
                    return 0
                }
                let taken = unsafe lpr_base64_digits(text + start, count, room + initialized)
                initialized += taken / 4 * 3
                return taken
            }
        }
    }

    /// A group of four digits, which are three bytes.
    private struct Group {
        private var bits: UInt32 = 0
        private var digits = 0
        private var isPadded = false

        /// Whether a complete group may follow.
        var isEmpty: Bool { digits == 0 && !isPadded }

        /// Takes the value of one character; false if it is not allowed here.
        mutating func take(_ value: UInt8, into bytes: inout OutputSpan<UInt8>) -> Bool {
            switch value {
            case blank: return true
            case padding:
                isPadded = true
                return true
            case 0..<64 where !isPadded:
                bits = bits << 6 | UInt32(value)
                digits += 1
                guard digits == 4 else { return true }
                for shift: UInt32 in [16, 8, 0] {
                    bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
                }
                digits = 0
                return true
            default: return false
            }
        }

        /// Writes the rest at the end; false if it is a single digit, which encodes no byte.
        func end(into bytes: inout OutputSpan<UInt8>) -> Bool {
            switch digits {
            case 0: return true
            case 2: bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
            case 3:
                bytes.append(UInt8(truncatingIfNeeded: bits >> 10))
                bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
            default: return false
            }
            return true
        }
    }

    private static let padding: UInt8 = 0xFD
    private static let blank: UInt8 = 0xFE
    private static let invalid: UInt8 = 0xFF

    /// The meaning of each byte: a digit 0–63, padding, a blank, or invalid.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
        values[Int(UInt8(ascii: "-"))] = 62
        values[Int(UInt8(ascii: "_"))] = 63
        values[Int(UInt8(ascii: "="))] = padding
        for byte in "\r\n \t".utf8 { values[Int(byte)] = blank }
        return values
    }()

    private static let valuesOfForms: [UInt8] = {
        var values = Base64.values
        values[0x20] = values[Int(UInt8(ascii: "+"))]
        return values
    }()
}
