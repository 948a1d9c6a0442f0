/// Dates and times as text, written digit by digit: they stand in every row, event and answer.
extension [UInt8] {
    /// Appends a number that is not negative with leading zeros, `width` digits at the least.
    mutating func appendPadded(_ number: Int, _ width: Int) {
        var unit = 1
        for _ in 1..<width { unit *= 10 }
        guard number >= 0, number < unit * 10 else {
            return append(contentsOf: String(number).utf8)
        }
        while unit > 0 {
            append(UInt8(truncatingIfNeeded: 48 + number / unit % 10))
            unit /= 10
        }
    }

    /// Appends `HH:MM:SS`, of seconds since midnight.
    mutating func append(clockTime seconds: Int) {
        appendPadded(seconds / 3_600, 2)
        append(UInt8(ascii: ":"))
        appendPadded(seconds / 60 % 60, 2)
        append(UInt8(ascii: ":"))
        appendPadded(seconds % 60, 2)
    }
}

extension Day {
    /// Appends `YYYY-MM-DD`.
    public func append(to bytes: inout [UInt8]) {
        let (year, month, day) = civil
        bytes.appendPadded(year, 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.appendPadded(month, 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.appendPadded(day, 2)
    }

    /// `YYYY-MM-DD`.
    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(10)
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Timestamp {
    /// Appends ``rfc3339``.
    public func append(to bytes: inout [UInt8]) {
        let milliseconds = Int(self.milliseconds.flooredModulo(86_400_000))
        Day(daysSinceEpoch: Int((self.milliseconds - Int64(milliseconds)) / 86_400_000))
            .append(to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        bytes.append(clockTime: milliseconds / 1_000)
        bytes.append(UInt8(ascii: "."))
        bytes.appendPadded(milliseconds % 1_000, 3)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// RFC 3339 in UTC with milliseconds and `Z`, as every time leaves the server.
    public var rfc3339: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension SiteCalendar {
    /// Appends `YYYY-MM-DD HH:MM:SS` on the wall.
    public func append(dateTime instant: Timestamp, to bytes: inout [UInt8]) {
        bytes.append(wallTime: instant.milliseconds + offsetMilliseconds(at: instant))
    }
}

extension [UInt8] {
    /// Appends `YYYY-MM-DD HH:MM:SS` of the milliseconds that a clock on the wall shows.
    mutating func append(wallTime local: Int64) {
        let milliseconds = local.flooredModulo(86_400_000)
        Day(daysSinceEpoch: Int((local - milliseconds) / 86_400_000)).append(to: &self)
        append(UInt8(ascii: " "))
        append(clockTime: Int(milliseconds / 1_000))
    }
}
