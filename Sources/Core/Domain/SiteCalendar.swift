public import Foundation

/// Local days and hours of the site (`TZ`).
public struct SiteCalendar: Sendable, Equatable {
    /// The site's time zone.
    public let timeZone: TimeZone

    /// A calendar in a time zone.
    public init(timeZone: TimeZone) {
        self.timeZone = timeZone
    }

    /// A calendar by the name of a time zone (`Asia/Bangkok`); nil if there is no such zone.
    public init?(identifier: String) {
        guard let zone = TimeZone(identifier: identifier) else { return nil }
        self.init(timeZone: zone)
    }

    /// The local day of an instant.
    public func day(of instant: Timestamp) -> Day {
        let local = instant.milliseconds + offsetMilliseconds(at: instant)
        return Day(daysSinceEpoch: Int((local - local.flooredModulo(86_400_000)) / 86_400_000))
    }

    /// The hour of the day, 0–23.
    public func hour(of instant: Timestamp) -> Int {
        let local = instant.milliseconds + offsetMilliseconds(at: instant)
        return Int(local.flooredModulo(86_400_000) / 3_600_000)
    }

    /// The first instant of a day.
    ///
    /// If a clock change skips midnight, the first instant after it.
    public func start(of day: Day) -> Timestamp {
        let midnight = Int64(day.daysSinceEpoch) * 86_400_000
        // The offset is computed twice: the first may be the one before a clock change.
        let guess = Timestamp(
            milliseconds: midnight - offsetMilliseconds(at: Timestamp(milliseconds: midnight))
        )
        let start = Timestamp(milliseconds: midnight - offsetMilliseconds(at: guess))
        return self.day(of: start) < day ? guess : start
    }

    /// The half-open interval from a day's first instant to the next day's.
    public func interval(of day: Day) -> Range<Timestamp> {
        start(of: day)..<start(of: day.adding(days: 1))
    }

    /// The zone's offset: `UTC+7`, or `UTC+1/+2` with summer time.
    ///
    /// From two fixed days, so that final pages equal new ones.
    public var offsets: String {
        let days = [1_767_225_600_000, 1_782_864_000_000] as [Int64]
        let texts = days.map { milliseconds in
            let offset = offsetMilliseconds(at: Timestamp(milliseconds: milliseconds)) / 60_000
            guard offset != 0 else { return "" }
            let (hours, minutes) = abs(offset).quotientAndRemainder(dividingBy: 60)
            let rest = minutes == 0 ? "" : ":\(minutes < 10 ? "0" : "")\(minutes)"
            return "\(offset < 0 ? "-" : "+")\(hours)\(rest)"
        }
        guard texts[0] != texts[1] else { return "UTC" + texts[0] }
        return "UTC" + texts.map { $0.isEmpty ? "+0" : $0 }.joined(separator: "/")
    }

    /// Milliseconds east of UTC.
    func offsetMilliseconds(at instant: Timestamp) -> Int64 {
        let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
        return Int64(timeZone.secondsFromGMT(for: date)) * 1_000
    }
}
