import Foundation

/// An instant in milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Milliseconds since the Unix epoch.
    public let milliseconds: Int64

    /// An instant by its milliseconds since the Unix epoch.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The machine's present time.
    public static func now() -> Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }

    /// Whether the left one comes first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The instant `seconds` later (earlier if negative).
    public func adding(seconds: Int) -> Timestamp {
        Timestamp(milliseconds: milliseconds + Int64(seconds) * 1_000)
    }

    /// Parses RFC 3339 (and Python's `isoformat`: a blank instead of `T`, no offset = UTC).
    ///
    /// Returns nil for anything else, for dates that do not exist and for years before 1970. Digits
    /// of the second after the third are cut off. A leap second counts as the second before it.
    public init?(rfc3339 text: String) {
        var scan = DigitScanner(text)
        guard let year = scan.number(4), scan.take("-"), let month = scan.number(2), scan.take("-"),
            let dayOfMonth = scan.number(2), scan.takeAny("Tt "), let hour = scan.number(2),
            scan.take(":"), let minute = scan.number(2), scan.take(":"),
            let second = scan.number(2),
            let day = Day(year: year, month: month, day: dayOfMonth), year >= 1970,
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var fraction = 0
        if scan.take(".") {
            guard let thousandths = scan.thousandths() else { return nil }
            fraction = thousandths
        }
        guard let offsetMinutes = scan.offsetMinutes(), scan.isAtEnd else { return nil }
        let seconds =
            day.daysSinceEpoch * 86_400 + hour * 3_600 + (minute - offsetMinutes) * 60
            + min(second, 59)
        self.milliseconds = Int64(seconds) * 1_000 + Int64(fraction)
    }
}

extension Int64 {
    /// The remainder that is never negative, so that times before 1970 have a day too.
    func flooredModulo(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}

/// Reads fixed-width numbers out of a date's text.
private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

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

    mutating func takeAny(_ characters: String) -> Bool {
        guard let first = rest.first, characters.utf8.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// The digits after the point as thousandths; nil where there is none.
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
