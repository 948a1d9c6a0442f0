/// Decodes base64 (RFC 4648 §4 and §5): either alphabet, padded or not, line breaks tolerated.
enum Base64 {
    /// The bytes that a text says; nil where it is no base64.
    static func decode(_ text: Substring.UTF8View) -> [UInt8]? {
        // Taken once: a static value is asked for its first use each time, which cost as much as decoding.
        let (values, invalid) = (values, invalid)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count / 4 * 3 + 3)
        var group: UInt32 = 0
        var digits = 0
        var isPadded = false
        for byte in text {
            let value = values[Int(byte)]
            if value < 64 {
                guard !isPadded else { return nil }
                group = group << 6 | UInt32(value)
                digits += 1
                guard digits == 4 else { continue }
                decoded.append(UInt8(truncatingIfNeeded: group >> 16))
                decoded.append(UInt8(truncatingIfNeeded: group >> 8))
                decoded.append(UInt8(truncatingIfNeeded: group))
                group = 0
                digits = 0
            } else if byte == UInt8(ascii: "=") {
                isPadded = true
            } else if value == invalid {
                return nil
            }
        }
        switch digits {
        case 0: return decoded
        case 2: return decoded + [UInt8(truncatingIfNeeded: group >> 4)]
        case 3:
            return decoded + [
                UInt8(truncatingIfNeeded: group >> 10), UInt8(truncatingIfNeeded: group >> 2),
            ]
        default: return nil
        }
    }

    private static let invalid: UInt8 = 0xFF
    private static let blank: UInt8 = 0xFE

    /// What each byte stands for: a digit 0–63, a blank, or nothing.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
        values[Int(UInt8(ascii: "-"))] = 62
        values[Int(UInt8(ascii: "_"))] = 63
        for byte in "\r\n \t".utf8 { values[Int(byte)] = blank }
        return values
    }()
}
