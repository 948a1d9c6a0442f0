/// The site's clock on the wall for many instants, most of which lie near the one before: asking the time
/// zone for each cost more than printing it.
public final class WallClock {
    private static let hourMilliseconds: Int64 = 3_600_000

    private let calendar: SiteCalendar
    private var hour = Int64.min
    private var offset: Int64 = 0

    /// A clock of a calendar.
    public init(_ calendar: SiteCalendar) { self.calendar = calendar }

    /// Appends `YYYY-MM-DD HH:MM:SS`.
    public func append(dateTime instant: Timestamp, to bytes: inout [UInt8]) {
        bytes.append(wallTime: instant.milliseconds + offsetMilliseconds(at: instant))
    }

    /// An hour (of UTC) at whose ends the offset is the same has no other in between.
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
