import Foundation
import GRDB

/// A record query as SQL: the `FROM` and `WHERE` clauses.
struct RecordPredicate {
    private(set) var arguments = StatementArguments()
    /// The alias of the table that supplies a record's camera, plate, time and id.
    let key: String
    private let path: AccessPath?
    private var conditions: [String] = []
    /// Whether a condition needs a column of the record itself.
    private var readsRecord = false

    /// `WHERE …`, or empty.
    var whereClause: String {
        conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    }

    /// The text after `FROM`.
    var from: String {
        guard let path else { return "records r" }
        guard path.isDeferred else { return "records r INDEXED BY \(path.rawValue)" }
        return "\(path.rawValue) k" + (readsRecord ? " CROSS JOIN records r ON r.id = k.id" : "")
    }

    /// The conditions of a query on an access path; on a deferred index only records up to `counted`, if given.
    init(
        _ query: RecordQuery,
        camera: Int64?,
        plates: PlateSet?,
        path: AccessPath,
        indexedThrough: Int64?,
        calendar: SiteCalendar
    ) {
        self.path = path
        key = path.isDeferred ? "k" : "r"
        if let camera { add("\(key).camera = ?", [camera]) }
        if let plates { add(plates, isPath: path == .plate) }
        if let day = query.dateFrom {
            add("\(key).seen >= ?", [calendar.start(of: day).milliseconds])
        }
        if let day = query.dateTo {
            add("\(key).seen < ?", [calendar.start(of: day.adding(days: 1)).milliseconds])
        }
        if path.isDeferred, let indexedThrough { add("\(key).id <= ?", [indexedThrough]) }
        add(ofRecord: query)
    }

    /// Filters given records by the columns that only the record has: confidence and hit.
    init(_ query: RecordQuery, ids: [Int64]) {
        path = nil
        key = "r"
        add("r.id IN (SELECT value FROM json_each(?))", [PlateSet.json(ids)])
        add(ofRecord: query)
    }

    /// Only records after a sort key in list order.
    mutating func add(after place: SortKey) {
        // Written out, because a row value would prevent SQLite from using the index's first column.
        add(
            "\(key).seen <= ? AND (\(key).seen < ? OR \(key).id < ?)",
            [place.seen.milliseconds, place.seen.milliseconds, place.id]
        )
    }

    private mutating func add(_ plates: PlateSet, isPath: Bool) {
        if plates.ids.count == 1 {
            add("\(key).plate = ?", [plates.ids[0]])
        } else if isPath {
            add("\(key).plate IN (SELECT value FROM json_each(?))", [plates.json])
        } else {
            add("lpr_holds(?, \(key).plate)", [Data(plates.bits)])
        }
    }

    private mutating func add(ofRecord query: RecordQuery) {
        if let percent = query.confidencePercentMin { add(confidenceFrom: percent) }
        if let blacklisted = query.blacklisted {
            readsRecord = true
            add(blacklisted ? "r.hit > 0" : "r.hit = 0")
        }
    }

    /// A camera's index has whole percents; at a fractional minimum the record itself is read.
    private mutating func add(confidenceFrom percent: Double) {
        if let whole = Int(exactly: percent) {
            if path != .camera { readsRecord = true }
            return add("\(path == .camera ? "k" : "r").percent >= ?", [whole])
        }
        let below = Int(percent)
        readsRecord = true
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
