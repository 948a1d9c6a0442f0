import GRDB

@testable import Core

extension StoreWriter {
    func pragma(_ name: String) throws -> Int? { try Int.fetchOne(db, sql: "PRAGMA \(name)") }

    /// Records and hits by camera, day and hour: as stored by the counters, and recounted.
    func recount() throws -> (kept: [String: Int], counted: [String: Int]) {
        var kept: [String: Int] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT * FROM hours WHERE reads <> 0 OR hits <> 0") {
            kept["\(row["day"] as Int) \(row["hour"] as Int) \(row["camera"] as Int)"] =
                row["reads"]
        }
        var counted: [String: Int] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT camera, seen FROM records") {
            let seen = Timestamp(milliseconds: row["seen"])
            let day = calendar.day(of: seen).daysSinceEpoch
            counted["\(day) \(calendar.hour(of: seen)) \(row["camera"] as Int)", default: 0] += 1
        }
        return (kept, counted)
    }
}
