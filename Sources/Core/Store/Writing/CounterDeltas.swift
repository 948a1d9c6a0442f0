/// The counter changes of a commit, collected so that each row is written once per commit.
struct CounterDeltas {
    private struct Hour: Hashable {
        let day: Int
        let hour: Int
        let camera: Int64
    }

    private struct DayDelta {
        var count = Statistics.Count()
        /// The changes of a ``PercentHistogram``.
        var percents: [UInt8] = []

        mutating func add(_ reads: Int, _ hits: Int, _ confidence: Confidence?) {
            count.add(reads, hits)
            guard let confidence else { return }
            let percent = UInt8(confidence.percent)
            percents.append(reads < 0 ? percent | PercentHistogram.removal : percent)
        }
    }

    private struct CameraDelta {
        var count = Statistics.Count()
        var lastHeard: Timestamp?
        var lastRead: Timestamp?
        var location: Location?
        /// The largest offset of the camera's clock ahead of the receipt time, in ms.
        var clockOffset: Int64?

        func flush(_ camera: Int64, through statements: WriterStatements) throws {
            let statement = statements.countCamera
            statement.bind(1, camera)
            statement.bind(2, count.reads)
            statement.bind(3, count.hits)
            statement.bind(4, lastHeard?.milliseconds)
            statement.bind(5, lastRead?.milliseconds)
            statement.bind(6, clockOffset)
            try statement.execute()
            if let location { try move(camera, to: location, through: statements.moveCamera) }
        }

        private func move(
            _ camera: Int64,
            to location: Location,
            through statement: RawStatement
        ) throws {
            statement.bind(1, location.text)
            statement.bind(2, location.latitude)
            statement.bind(3, location.longitude)
            statement.bind(4, camera)
            try statement.execute()
        }
    }

    private var hours: [Hour: Statistics.Count] = [:]
    private var days: [Int: DayDelta] = [:]
    private var cameras: [Int64: CameraDelta] = [:]
    /// Caches the last quarter of an hour that was looked up: reads come in order, time zones are slow, and no zone's
    /// offset changes within a quarter.
    private var quarter: (number: Int64, day: Int, hour: Int) = (.min, 0, 0)

    /// Adds (`by` = 1) or subtracts (`by` = −1) a record.
    mutating func count(
        camera: Int64,
        seen: Timestamp,
        isHit: Bool,
        confidence: Confidence?,
        by sign: Int,
        calendar: SiteCalendar
    ) {
        let number = (seen.milliseconds - seen.milliseconds.flooredModulo(900_000)) / 900_000
        if number != quarter.number {
            quarter = (number, calendar.day(of: seen).daysSinceEpoch, calendar.hour(of: seen))
        }
        let hour = Hour(day: quarter.day, hour: quarter.hour, camera: camera)
        let hits = isHit ? sign : 0
        hours[hour, default: .init()].add(sign, hits)
        days[quarter.day, default: .init()].add(sign, hits, confidence)
        cameras[camera, default: .init()].count.add(sign, hits)
    }

    /// Notes a message of a camera: when and where it read a plate, if it did (`.unknown`: at its known location),
    /// and the time by its own clock.
    mutating func touch(
        camera: Int64,
        at instant: Timestamp,
        read seen: Timestamp? = nil,
        by cameraTime: Timestamp? = nil,
        location: Location = .unknown
    ) {
        var delta = cameras[camera] ?? CameraDelta()
        delta.lastHeard = max(delta.lastHeard ?? instant, instant)
        if let seen { delta.lastRead = max(delta.lastRead ?? seen, seen) }
        if let cameraTime {
            let offset = cameraTime.milliseconds - instant.milliseconds
            delta.clockOffset = max(delta.clockOffset ?? offset, offset)
        }
        if location != .unknown { delta.location = location }
        cameras[camera] = delta
    }

    /// Writes everything down and starts again from nothing.
    mutating func flush(through statements: WriterStatements) throws {
        for (key, count) in hours {
            let statement = statements.countHour
            statement.bind(1, key.day)
            statement.bind(2, key.hour)
            statement.bind(3, key.camera)
            statement.bind(4, count.reads)
            statement.bind(5, count.hits)
            try statement.execute()
        }
        for (day, delta) in days {
            let statement = statements.countDay
            statement.bind(1, day)
            statement.bind(2, delta.count.reads)
            statement.bind(3, delta.count.hits)
            statement.bind(4, bytes: delta.percents)
            try statement.execute()
        }
        for (camera, delta) in cameras {
            try delta.flush(camera, through: statements)
        }
        hours.removeAll(keepingCapacity: true)
        days.removeAll(keepingCapacity: true)
        cameras.removeAll(keepingCapacity: true)
    }
}

extension Statistics.Count {
    fileprivate mutating func add(_ reads: Int, _ hits: Int) {
        self.reads += reads
        self.hits += hits
    }
}
