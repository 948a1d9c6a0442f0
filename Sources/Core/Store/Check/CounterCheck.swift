import GRDB

/// The counters of hours, days and cameras against the records, which are counted in the order of time.
///
/// A day is compared once its records have passed; where clocks are set back over midnight, a day's last records come after
/// the next day's first ones, so that the last two days stay open.
final class CounterCheck {
    private struct Hour: Hashable {
        let hour: Int64
        let camera: Int64
    }

    private struct CountedDay {
        var hours: [Hour: Statistics.Count] = [:]
        var count = Statistics.Count()
        var percents = PercentHistogram([])
    }

    private let run: CheckRun
    private var open: [Int64: CountedDay] = [:]
    private var cameras: [Int64: Statistics.Count] = [:]
    private let hours: RawStatement
    private let days: RawStatement
    private var isAtHour = false
    private var isAtDay = false

    init(_ run: CheckRun) throws {
        self.run = run
        hours = try RawStatement(
            run.db,
            "SELECT day, hour, camera, reads, hits FROM hours ORDER BY day, hour, camera"
        )
        days = try RawStatement(run.db, "SELECT day, reads, hits, percents FROM days ORDER BY day")
    }

    func compare() throws {
        try hours.bind()
        try days.bind()
        isAtHour = try hours.next()
        isAtDay = try days.next()
        try count()
        for day in open.keys.sorted() { try end(day) }
        try endKept(before: .max)
        hours.rewind()
        days.rewind()
        try compareCameras()
    }

    private func count() throws {
        let rows = try RawStatement(
            run.db,
            "SELECT seen, camera, hit, percent FROM records INDEXED BY records_by_time ORDER BY seen"
        )
        defer { rows.rewind() }
        try rows.bind()
        // Time zones are slow, and no zone's clock changes within a quarter of an hour.
        var quarter: (number: Int64, day: Int64, hour: Int64) = (.min, 0, 0)
        while try rows.next() {
            let seen = Timestamp(milliseconds: rows.integer(0))
            let number = (seen.milliseconds - seen.milliseconds.flooredModulo(900_000)) / 900_000
            if number != quarter.number {
                let day = Int64(run.calendar.day(of: seen).daysSinceEpoch)
                if day != quarter.day {
                    for old in open.keys.filter({ $0 < day - 1 }).sorted() { try end(old) }
                }
                quarter = (number, day, Int64(run.calendar.hour(of: seen)))
            }
            let hour = Hour(hour: quarter.hour, camera: rows.integer(1))
            let hits = rows.integer(2) > 0 ? 1 : 0
            open[quarter.day, default: CountedDay()].hours[hour, default: .init()].add(hits)
            open[quarter.day]?.count.add(hits)
            cameras[hour.camera, default: .init()].add(hits)
            if !rows.isNull(3) {
                let percent = UInt8(clamping: min(rows.integer(3), 100))
                open[quarter.day]?.percents.add(CollectionOfOne(percent))
            }
        }
    }

    /// Compares a day with its stored counters.
    private func end(_ day: Int64) throws {
        guard var counted = open.removeValue(forKey: day) else { return }
        try endKept(before: day)
        let date = Day(daysSinceEpoch: Int(day))
        while isAtHour, hours.integer(0) == day {
            let key = Hour(hour: hours.integer(1), camera: hours.integer(2))
            let expected = counted.hours.removeValue(forKey: key) ?? .init()
            if hours.count(3) != expected {
                run.findings.add(
                    .hours,
                    "camera \(key.camera) on \(date) at \(key.hour):00:"
                        + " \(hours.integer(3)) reads instead of \(expected.reads)"
                )
            }
            isAtHour = try hours.next()
        }
        for (key, count) in counted.hours {
            run.findings.add(
                .hours,
                "camera \(key.camera) on \(date) at \(key.hour):00: 0 reads instead of \(count.reads)"
            )
        }
        let isKept = isAtDay && days.integer(0) == day
        if !isKept || days.count(1) != counted.count {
            run.findings.add(.days, "\(date): \(counted.count.reads) records")
        }
        if !isKept || days.bytes(3) != counted.percents.bytes {
            run.findings.add(.confidences, "\(date)")
        }
        if isKept { isAtDay = try days.next() }
    }

    /// Days without records must have no counters.
    private func endKept(before day: Int64) throws {
        while isAtHour, hours.integer(0) < day {
            if hours.count(3) != .init() {
                run.findings.add(.hours, "\(Day(daysSinceEpoch: Int(hours.integer(0))))")
            }
            isAtHour = try hours.next()
        }
        while isAtDay, days.integer(0) < day {
            let date = Day(daysSinceEpoch: Int(days.integer(0)))
            if days.count(1) != .init() { run.findings.add(.days, "\(date): no records") }
            if !days.bytes(3).isEmpty { run.findings.add(.confidences, "\(date)") }
            isAtDay = try days.next()
        }
    }

    private func compareCameras() throws {
        let rows = try RawStatement(run.db, "SELECT id, reads, hits FROM cameras ORDER BY id")
        defer { rows.rewind() }
        try rows.bind()
        while try rows.next() {
            let expected = cameras[rows.integer(0)] ?? .init()
            guard rows.count(1) != expected else { continue }
            run.findings.add(
                .cameraCounters,
                "camera \(rows.integer(0)): \(rows.integer(1)) reads instead of \(expected.reads)"
            )
        }
    }
}

extension RawStatement {
    /// Two columns as a count of reads and hits.
    fileprivate func count(_ column: Int32) -> Statistics.Count {
        Statistics.Count(reads: Int(integer(column)), hits: Int(integer(column + 1)))
    }
}

extension Statistics.Count {
    fileprivate mutating func add(_ hits: Int) {
        reads += 1
        self.hits += hits
    }
}
