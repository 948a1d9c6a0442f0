import Foundation

/// Parses the time formats of cameras (wire contract, "What real senders do").
public struct CameraTime: Sendable {
    /// The zone of times without an offset (`CAMERA_TIME_ZONE`).
    private let local: SiteCalendar
    private let isUTC: Bool

    /// A parser that takes times without an offset as local times of a zone.
    public init(local: SiteCalendar) {
        self.local = local
        isUTC = local.timeZone == .gmt
    }

    /// A parser that takes times without an offset as UTC.
    public static let utc = CameraTime(local: SiteCalendar(timeZone: .gmt))

    /// The instant of a number, by magnitude: seconds, milliseconds, microseconds or nanoseconds since 1970; nil if
    /// it is negative or too large.
    public func instant(of number: Double) -> Timestamp? {
        guard number >= 0, number < CameraTime.numbersEnd else { return nil }
        // A compact date written as a number: as milliseconds it would be in the year 2600.
        if number >= 2e13, number < 2.2e13 {
            let date = writtenTime(DigitScanner(String(Int64(number))))
            if let date { return date }
        }
        let milliseconds =
            switch number {
            case ..<1e11: number * 1_000
            case ..<1e14: number
            case ..<1e17: number / 1_000
            default: (number / 1_000_000).rounded()
            }
        return Timestamp(milliseconds: Int64(milliseconds))
    }

    /// The instant of a text; nil if it has none of the formats.
    ///
    /// RFC 3339, also with a blank, `_` or `-` instead of `T`, without seconds, or with `/` in the date;
    /// `20261128_181003`; and all numbers of ``instant(of:)-(Double)``. Dates that begin with the day are refused,
    /// since day and month are ambiguous.
    public func instant(of text: String) -> Timestamp? {
        if let common = Timestamp(rfc3339: text, offsetRequired: !isUTC) { return common }
        var scan = DigitScanner(text)
        scan.skipBlanks()
        if let written = writtenTime(scan) { return written }
        let words = text.split(separator: " ")
        guard words.count == 1, words[0].utf8.count <= 40,
            words[0].utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        return Double(words[0]).flatMap(instant(of:))
    }

    private func writtenTime(_ start: DigitScanner) -> Timestamp? {
        var scan = start
        guard let year = scan.number(4) else { return nil }
        let dateSeparator = scan.takeOne(of: "-/.")
        guard let month = scan.number(2),
            dateSeparator.map({ scan.take($0) }) ?? true, let dayOfMonth = scan.number(2),
            scan.takeAny("Tt _-") || dateSeparator == nil
        else { return nil }
        scan.skipBlanks()
        guard let hour = scan.number(2) else { return nil }
        let hasColons = scan.take(":")
        guard let minute = scan.number(2),
            let day = Day(year: year, month: month, day: dayOfMonth), hour < 24, minute < 60
        else { return nil }
        var second = 0
        if hasColons ? scan.take(":") : !scan.isAtEnd {
            guard let seconds = scan.number(2), seconds <= 60 else { return nil }
            second = min(seconds, 59)
        } else if !hasColons {
            return nil
        }
        var fraction = 0
        // `20261128181003123`: the milliseconds of a compact time need no point.
        if scan.takeAny(".,") || (!hasColons && scan.remaining == 3) {
            guard let thousandths = scan.thousandths() else { return nil }
            fraction = thousandths
        }
        scan.skipBlanks()
        let seconds = day.daysSinceEpoch * 86_400 + hour * 3_600 + minute * 60 + second
        let wall = Int64(seconds) * 1_000 + Int64(fraction)
        guard !scan.isAtEnd else { return local.instant(ofWallTime: wall) }
        guard let offset = scan.offsetMinutes() else { return nil }
        scan.skipBlanks()
        return scan.isAtEnd ? Timestamp(milliseconds: wall - Int64(offset) * 60_000) : nil
    }

    /// Numbers from here on are not times: nanoseconds of the year 5138.
    private static let numbersEnd = 1e20
}

extension SiteCalendar {
    /// The instant at which local time shows so many milliseconds since 1970-01-01T00:00.
    ///
    /// A time that occurs twice gives one of the two; one that a clock change skips gives an adjacent one.
    func instant(ofWallTime wall: Int64) -> Timestamp {
        let guess = wall - offsetMilliseconds(at: Timestamp(milliseconds: wall))
        // The first offset may be that of the other side of a clock change.
        let offset = offsetMilliseconds(at: Timestamp(milliseconds: guess))
        return Timestamp(milliseconds: wall - offset)
    }
}
