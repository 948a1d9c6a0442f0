import GRDB

/// The entries that may match, in memory: one look-up for each read.
struct BlacklistIndex {
    /// What a match needs to know of an entry.
    struct Entry {
        let id: Int64
        let province: Province?
        let expires: Timestamp?
        let reason: String
    }

    private var entriesByNumber: [String: [Entry]] = [:]

    init(_ db: Database) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT id, number, province, expires, reason FROM blacklist WHERE active"
        )
        while let row = try rows.next() {
            entriesByNumber[row["number"], default: []].append(
                Entry(
                    id: row["id"],
                    province: Province(code: row["province"]),
                    expires: Timestamp(row["expires"] as Int64?),
                    reason: row["reason"]
                )
            )
        }
    }

    /// The best match of a plate at an instant: certain before possible, the older entry first.
    func match(_ plate: Plate, at now: Timestamp) -> (entry: Entry, match: BlacklistMatch)? {
        guard let entries = entriesByNumber[plate.number] else { return nil }
        var possible: Entry?
        for entry in entries where entry.expires.map({ now < $0 }) ?? true {
            if entry.province == nil || entry.province == plate.province {
                return (entry, .certain)
            }
            if plate.province == nil { possible = possible ?? entry }
        }
        return possible.map { ($0, .possible) }
    }
}
