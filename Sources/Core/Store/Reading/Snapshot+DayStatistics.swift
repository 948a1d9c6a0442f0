import GRDB

extension Snapshot {
    /// The statistics of a day by camera and hour, read once for all pages that show them.
    public func statistics(of day: Day) throws -> DayStatistics {
        let rows = try RawStatement(
            db,
            "SELECT hour, camera, reads, hits FROM hours WHERE day = ?1"
        )
        try rows.bind(Int64(day.daysSinceEpoch))
        var statistics = DayStatistics()
        while try rows.next() {
            statistics.add(
                Statistics.Count(reads: Int(rows.integer(2)), hits: Int(rows.integer(3))),
                hour: Int(rows.integer(0)),
                camera: rows.integer(1)
            )
        }
        return statistics
    }
}

/// The statistics of a day.
public struct DayStatistics: Sendable, Equatable {
    /// 24 counts, one per hour.
    public private(set) var hours = DayStatistics.none
    /// The same per camera that has a record, by its number.
    private var byCamera: [Int64: [Statistics.Count]] = [:]

    private static let none = [Statistics.Count](repeating: Statistics.Count(), count: 24)

    /// A camera's 24 counts, one per hour.
    public func hours(ofCamera number: Int64) -> [Statistics.Count] {
        byCamera[number] ?? DayStatistics.none
    }

    /// The day's count of a camera; nil if it has no record.
    public func count(ofCamera number: Int64) -> Statistics.Count? {
        guard let hours = byCamera[number] else { return nil }
        return hours.reduce(into: Statistics.Count()) { sum, hour in
            sum.reads += hour.reads
            sum.hits += hour.hits
        }
    }

    mutating func add(_ count: Statistics.Count, hour: Int, camera: Int64) {
        guard count.reads > 0, hours.indices.contains(hour) else { return }
        hours[hour].reads += count.reads
        hours[hour].hits += count.hits
        byCamera[camera, default: DayStatistics.none][hour] = count
    }
}
