/// Formats many instants in local time, with the offset of the last hour cached: a time zone lookup per instant cost
/// more than formatting it.
public final class WallClock {
    private static let hourMilliseconds: Int64 = 3_600_000

    private let calendar: SiteCalendar
    private var hour = Int64.min
    private var offset: Int64 = 0

    /// A formatter for a calendar.
    public init(_ calendar: SiteCalendar) { self.calendar = calendar }

    /// Appends `YYYY-MM-DD HH:MM:SS`.
    public func append(dateTime instant: Timestamp, to bytes: inout [UInt8]) {
        bytes.append(wallTime: instant.milliseconds + offsetMilliseconds(at: instant))
    }

    /// If an hour (of UTC) has the same offset at both ends, it has no other in between.
    private func offsetMilliseconds(at instant: Timestamp) -> Int64 {
        let milliseconds = instant.milliseconds
        let rest = milliseconds.flooredModulo(WallClock.hourMilliseconds)
        if milliseconds - rest == hour { return offset }
        let first = Timestamp(milliseconds: milliseconds - rest)
        let last = Timestamp(milliseconds: first.milliseconds + WallClock.hourMilliseconds - 1)
        let found = calendar.offsetMilliseconds(at: instant)
        if calendar.offsetMilliseconds(at: first) == calendar.offsetMilliseconds(at: last) {
            (hour, offset) = (first.milliseconds, found)
        }
        return found
    }
}
