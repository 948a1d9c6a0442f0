/// Reads fixed-width numbers out of a date's text.
struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    /// The number of characters left.
    var remaining: Int { rest.count }

    mutating func number(_ width: Int) -> Int? {
        guard rest.count >= width else { return nil }
        var value = 0
        for byte in rest.prefix(width) {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        rest = rest.dropFirst(width)
        return value
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Takes one of the given ASCII characters and returns it; nil if none comes next.
    mutating func takeOne(of characters: String) -> Unicode.Scalar? {
        guard let first = rest.first, characters.utf8.contains(first) else { return nil }
        rest = rest.dropFirst()
        return Unicode.Scalar(first)
    }

    mutating func takeAny(_ characters: String) -> Bool {
        guard let first = rest.first, characters.utf8.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// The digits after the point as milliseconds; nil if there are none.
    mutating func thousandths() -> Int? {
        var value = 0
        var digits = 0
        while let byte = rest.first, (48...57).contains(byte) {
            if digits < 3 { value = value * 10 + Int(byte - 48) }
            digits += 1
            rest = rest.dropFirst()
        }
        guard digits > 0 else { return nil }
        for _ in digits..<max(3, digits) { value *= 10 }
        return value
    }

    /// Skips blanks.
    mutating func skipBlanks() { while takeAny(" \t") {} }

    /// `Z`, `±HH:MM`, `±HHMM`, or nothing (= UTC), in minutes east of UTC.
    mutating func offsetMinutes() -> Int? {
        if isAtEnd || takeAny("Zz") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(2) else { return nil }
        _ = take(":")
        guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
