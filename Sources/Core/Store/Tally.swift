import GRDB

/// What a commit adds to the counters, gathered so that each row is written once a commit.
struct Tally {
    private struct Hour: Hashable {
        let day: Int
        let hour: Int
        let camera: Int64
    }

    private struct CameraDelta {
        var count = Statistics.Count()
        var lastHeard: Timestamp?
        var lastRead: Timestamp?
        var location: Location?
    }

    private var hours: [Hour: Statistics.Count] = [:]
    private var days: [Int: Statistics.Count] = [:]
    private var cameras: [Int64: CameraDelta] = [:]
    /// The last quarter of an hour that was looked up: reads come in order, time zones are slow, and
    /// no zone's clock changes within a quarter.
    private var quarter: (number: Int64, day: Int, hour: Int) = (.min, 0, 0)

    /// Counts a record in (`by` = 1) or out (`by` = −1).
    mutating func count(
        camera: Int64,
        seen: Timestamp,
        isHit: Bool,
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
        days[quarter.day, default: .init()].add(sign, hits)
        cameras[camera, default: .init()].count.add(sign, hits)
    }

    /// Notes that a camera was heard of, and what it read where.
    mutating func heard(
        camera: Int64,
        at instant: Timestamp,
        read seen: Timestamp? = nil,
        location: Location = .unknown
    ) {
        var delta = cameras[camera] ?? CameraDelta()
        delta.lastHeard = max(delta.lastHeard ?? instant, instant)
        if let seen { delta.lastRead = max(delta.lastRead ?? seen, seen) }
        if location != .unknown { delta.location = location }
        cameras[camera] = delta
    }

    /// Writes everything down and starts again from nothing.
    mutating func flush(to db: Database) throws {
        let hourStatement = try db.cachedStatement(
            sql: """
                INSERT INTO hours (day, hour, camera, reads, hits) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET reads = reads + excluded.reads, hits = hits + excluded.hits
                """
        )
        for (key, count) in hours {
            try hourStatement.execute(
                arguments: [key.day, key.hour, key.camera, count.reads, count.hits]
            )
        }
        let dayStatement = try db.cachedStatement(
            sql: """
                INSERT INTO days (day, reads, hits) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET reads = reads + excluded.reads, hits = hits + excluded.hits
                """
        )
        for (day, count) in days {
            try dayStatement.execute(arguments: [day, count.reads, count.hits])
        }
        try flushCameras(to: db)
        hours.removeAll(keepingCapacity: true)
        days.removeAll(keepingCapacity: true)
        cameras.removeAll(keepingCapacity: true)
    }

    private func flushCameras(to db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                UPDATE cameras SET reads = reads + ?2, hits = hits + ?3,
                    last_heard = MAX(last_heard, COALESCE(?4, last_heard)),
                    last_read = MAX(COALESCE(last_read, ?5), COALESCE(?5, last_read)),
                    location = CASE WHEN ?6 THEN ?7 ELSE location END,
                    latitude = CASE WHEN ?6 THEN ?8 ELSE latitude END,
                    longitude = CASE WHEN ?6 THEN ?9 ELSE longitude END
                WHERE id = ?1
                """
        )
        for (camera, delta) in cameras {
            try statement.execute(
                arguments: [
                    camera, delta.count.reads, delta.count.hits, delta.lastHeard?.milliseconds,
                    delta.lastRead?.milliseconds, delta.location != nil, delta.location?.text,
                    delta.location?.latitude, delta.location?.longitude,
                ]
            )
        }
    }
}

extension Statistics.Count {
    fileprivate mutating func add(_ reads: Int, _ hits: Int) {
        self.reads += reads
        self.hits += hits
    }
}
