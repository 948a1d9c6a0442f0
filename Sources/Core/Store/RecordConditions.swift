import Foundation
import GRDB

/// A record query as SQL: where the records are found, and what they must be.
struct RecordConditions {
    private(set) var from: String
    private(set) var arguments = StatementArguments()
    private var conditions: [String] = []

    /// `WHERE …`, or nothing.
    var whereClause: String {
        conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    }

    /// The conditions of a query whose camera and plates are known, on a way to its records.
    init(
        _ query: RecordQuery,
        camera: Int64?,
        plates: PlateSet?,
        way: RecordWay,
        calendar: SiteCalendar
    ) {
        from = "records r INDEXED BY \(way.rawValue)"
        if let camera { add("r.camera = ?", [camera]) }
        if let plates { add(plates, isWay: way == .plate) }
        if let day = query.dateFrom {
            add("r.seen >= ?", [calendar.start(of: day).milliseconds])
        }
        if let day = query.dateTo {
            add("r.seen < ?", [calendar.start(of: day.adding(days: 1)).milliseconds])
        }
        if let percent = query.confidencePercentMin { add(confidenceFrom: percent) }
        if let blacklisted = query.blacklisted {
            add(blacklisted ? "r.hit > 0" : "r.hit = 0")
        }
    }

    /// Only those that come after a place in the order of the list.
    mutating func add(after place: RecordPlace) {
        // Written out, because a row value would keep SQLite from using the index's first column.
        add(
            "r.seen <= ? AND (r.seen < ? OR r.id < ?)",
            [place.seen.milliseconds, place.seen.milliseconds, place.id]
        )
    }

    private mutating func add(_ plates: PlateSet, isWay: Bool) {
        if plates.ids.count == 1 {
            add("r.plate = ?", [plates.ids[0]])
        } else if isWay {
            add("r.plate IN (SELECT value FROM json_each(?))", [plates.json])
        } else {
            add("lpr_holds(?, r.plate)", [Data(plates.bits)])
        }
    }

    /// The index knows whole percents; of those of the first one the record is asked.
    private mutating func add(confidenceFrom percent: Double) {
        if let whole = Int(exactly: percent) { return add("r.percent >= ?", [whole]) }
        let below = Int(percent)
        add(
            "(r.percent > ? OR (r.percent = ? AND lpr_percent(r.confidence) >= ?))",
            [below, below, percent]
        )
    }

    private mutating func add(_ condition: String, _ values: StatementArguments = []) {
        conditions.append(condition)
        arguments += values
    }
}
