import GRDB

extension Snapshot {
    /// The site's current day, as stored by the service (pages know no other clock).
    public func today() throws -> Day {
        let text = try String.fetchOne(
            db.cachedStatement(sql: "SELECT value FROM meta WHERE key = 'today'")
        )
        return text.flatMap { Day($0) } ?? Day(daysSinceEpoch: 0)
    }

    /// The statistics of the dashboard.
    public func statistics() throws -> Statistics {
        let today = try today()
        let first = today.adding(days: -29)
        let byDay = try dayCounts(from: first, to: today)
        let total = try Row.fetchOne(
            db.cachedStatement(
                sql:
                    "SELECT COALESCE(SUM(reads), 0) AS reads, COALESCE(SUM(hits), 0) AS hits FROM cameras"
            )
        )
        return Statistics(
            day: today,
            today: byDay[today] ?? Statistics.Count(),
            total: Statistics.Count(reads: total?["reads"] ?? 0, hits: total?["hits"] ?? 0),
            hours: try statistics(of: today).hours,
            days: (0..<30).map { offset in
                let day = first.adding(days: offset)
                return Statistics.DayCount(day: day, count: byDay[day] ?? Statistics.Count())
            },
            cameras: try cameras()
        )
    }

    /// The counts of the days in a range that have records.
    public func dayCounts(from first: Day, to last: Day) throws -> [Day: Statistics.Count] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT day, reads, hits FROM days WHERE day BETWEEN ? AND ? AND reads > 0"
            ),
            arguments: [first.daysSinceEpoch, last.daysSinceEpoch]
        )
        return Dictionary(
            uniqueKeysWithValues: rows.map {
                (
                    Day(daysSinceEpoch: $0["day"]),
                    Statistics.Count(reads: $0["reads"], hits: $0["hits"])
                )
            }
        )
    }

    /// All cameras, most records first.
    public func cameras() throws -> [Camera] {
        try Row.fetchAll(
            db.cachedStatement(sql: "\(Camera.selection) ORDER BY c.reads DESC, c.name")
        )
        .map(Camera.init(row:))
    }

    /// One camera by its name; nil if it is unknown.
    public func camera(id: String) throws -> Camera? {
        try Row.fetchOne(
            db.cachedStatement(sql: "\(Camera.selection) WHERE c.name = ?"),
            arguments: [id]
        )
        .map(Camera.init(row:))
    }
}
