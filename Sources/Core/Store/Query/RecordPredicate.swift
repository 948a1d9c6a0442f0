import Foundation
import GRDB

/// A record query as SQL: where the records are found, and what they must be.
struct RecordPredicate {
    private(set) var arguments = StatementArguments()
    /// What stands for the table in which a record's camera, plate, time and id are looked at.
    let key: String
    private let way: AccessPath?
    private var conditions: [String] = []
    /// Whether a condition is of what stands in the record only.
    private var looksAtRecord = false

    /// `WHERE …`, or nothing.
    var whereClause: String {
        conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    }

    /// What follows `FROM`.
    var from: String {
        guard let way else { return "records r" }
        guard way.isLate else { return "records r INDEXED BY \(way.rawValue)" }
        return "\(way.rawValue) k" + (looksAtRecord ? " CROSS JOIN records r ON r.id = k.id" : "")
    }

    /// The conditions of a query whose camera and plates are known, on a way to its records; on a late one those
    /// up to `counted`, where it is given.
    init(
        _ query: RecordQuery,
        camera: Int64?,
        plates: PlateSet?,
        way: AccessPath,
        counted: Int64?,
        calendar: SiteCalendar
    ) {
        self.way = way
        key = way.isLate ? "k" : "r"
        if let camera { add("\(key).camera = ?", [camera]) }
        if let plates { add(plates, isWay: way == .plate) }
        if let day = query.dateFrom {
            add("\(key).seen >= ?", [calendar.start(of: day).milliseconds])
        }
        if let day = query.dateTo {
            add("\(key).seen < ?", [calendar.start(of: day.adding(days: 1)).milliseconds])
        }
        if way.isLate, let counted { add("\(key).id <= ?", [counted]) }
        add(ofRecord: query)
    }

    /// Of some records those that have what only a record tells: its confidence, and whether it was a hit.
    init(_ query: RecordQuery, ids: [Int64]) {
        way = nil
        key = "r"
        add("r.id IN (SELECT value FROM json_each(?))", [PlateSet.json(ids)])
        add(ofRecord: query)
    }

    /// Only those that come after a place in the order of the list.
    mutating func add(after place: SortKey) {
        // Written out, because a row value would keep SQLite from using the index's first column.
        add(
            "\(key).seen <= ? AND (\(key).seen < ? OR \(key).id < ?)",
            [place.seen.milliseconds, place.seen.milliseconds, place.id]
        )
    }

    private mutating func add(_ plates: PlateSet, isWay: Bool) {
        if plates.ids.count == 1 {
            add("\(key).plate = ?", [plates.ids[0]])
        } else if isWay {
            add("\(key).plate IN (SELECT value FROM json_each(?))", [plates.json])
        } else {
            add("lpr_holds(?, \(key).plate)", [Data(plates.bits)])
        }
    }

    private mutating func add(ofRecord query: RecordQuery) {
        if let percent = query.confidencePercentMin { add(confidenceFrom: percent) }
        if let blacklisted = query.blacklisted {
            looksAtRecord = true
            add(blacklisted ? "r.hit > 0" : "r.hit = 0")
        }
    }

    /// A camera's index knows whole percents; of those of the first one the record is asked.
    private mutating func add(confidenceFrom percent: Double) {
        if let whole = Int(exactly: percent) {
            if way != .camera { looksAtRecord = true }
            return add("\(way == .camera ? "k" : "r").percent >= ?", [whole])
        }
        let below = Int(percent)
        looksAtRecord = true
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
