/// Formats dates and times digit by digit: they are in every row, event and answer.
extension [UInt8] {
    /// Appends a non-negative number with leading zeros, at least `width` digits.
    mutating func appendPadded(_ number: Int, _ width: Int) {
        let begin = count
        append(contentsOf: repeatElement(UInt8(ascii: "0"), count: width))
        var rest = number
        // From the last digit on: dividing by a constant ten needs no division instruction.
        for place in (begin..<count).reversed() {
            self[place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
        }
        guard number < 0 || rest > 0 else { return }
        removeSubrange(begin...)
        append(contentsOf: String(number).utf8)
    }

    /// Appends `HH:MM:SS` from seconds since midnight.
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

    /// RFC 3339 in UTC with milliseconds and `Z`, the format of all times that the server sends.
    public var rfc3339: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension SiteCalendar {
    /// Appends `YYYY-MM-DD HH:MM:SS` in local time.
    public func append(dateTime instant: Timestamp, to bytes: inout [UInt8]) {
        bytes.append(wallTime: instant.milliseconds + offsetMilliseconds(at: instant))
    }
}

extension [UInt8] {
    /// Appends `YYYY-MM-DD HH:MM:SS` from milliseconds of local time.
    mutating func append(wallTime local: Int64) {
        let milliseconds = local.flooredModulo(86_400_000)
        Day(daysSinceEpoch: Int((local - milliseconds) / 86_400_000)).append(to: &self)
        append(UInt8(ascii: " "))
        append(clockTime: Int(milliseconds / 1_000))
    }
}
