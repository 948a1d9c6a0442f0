import Foundation

/// An instant in milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Milliseconds since the Unix epoch.
    public let milliseconds: Int64

    /// An instant by its milliseconds since the Unix epoch.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The machine's current time.
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
    /// Returns nil for anything else, for dates that do not exist and for years before 1970. Digits of the second
    /// after the third are truncated. A leap second counts as the second before it.
    public init?(rfc3339 text: String) { self.init(rfc3339: text, offsetRequired: false) }

    /// Like ``init(rfc3339:)``; if `offsetRequired`, a time without an offset is nil, too.
    init?(rfc3339 text: String, offsetRequired: Bool) {
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
        guard !(offsetRequired && scan.isAtEnd), let offsetMinutes = scan.offsetMinutes(),
            scan.isAtEnd
        else { return nil }
        let seconds =
            day.daysSinceEpoch * 86_400 + hour * 3_600 + (minute - offsetMinutes) * 60
            + min(second, 59)
        self.milliseconds = Int64(seconds) * 1_000 + Int64(fraction)
    }
}

/// The service's clock.
///
/// The composition root passes one to ``Recorder``, from which all parts have it; tests pass one that they step.
public typealias ServiceClock = @Sendable () -> Timestamp

extension Int64 {
    /// The non-negative remainder, so that times before 1970 have a day, too.
    func flooredModulo(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
