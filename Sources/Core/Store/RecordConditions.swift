import GRDB

/// A record query as SQL conditions.
struct RecordConditions {
    private var conditions: [String] = []
    private var values = StatementArguments()
    private var keysetConditions: [String] = []
    private var keysetValues = StatementArguments()

    /// Nil where the query can have no answer (a camera or a cursor that does not exist).
    init?(_ query: RecordQuery, in snapshot: Snapshot) throws {
        if let cameraID = query.cameraID {
            guard
                let camera = try Int64.fetchOne(
                    snapshot.db.cachedStatement(sql: "SELECT id FROM cameras WHERE name = ?"),
                    arguments: [cameraID]
                )
            else { return nil }
            // A whole plate has fewer records than a camera, unless it is one of the most frequent.
            let isPlates = try RecordConditions.isRare(query.plate, in: snapshot)
            add(isPlates ? "+r.camera = ?" : "r.camera = ?", [camera])
        }
        if let day = query.dateFrom {
            add("r.seen >= ?", [snapshot.calendar.start(of: day).milliseconds])
        }
        if let day = query.dateTo {
            add("r.seen < ?", [snapshot.calendar.start(of: day.adding(days: 1)).milliseconds])
        }
        if let percent = query.confidencePercentMin {
            add("lpr_percent(r.confidence) >= ?", [percent])
        }
        if let blacklisted = query.blacklisted {
            add(blacklisted ? "r.hit > 0" : "r.hit = 0", [])
        }
        if let plate = query.plate {
            let condition = PlateCondition(plate)
            add("r.plate IN (SELECT id FROM plates WHERE \(condition.sql))", condition.arguments)
        }
        if let beforeID = query.beforeID, try !addKeyset(beforeID, in: snapshot) { return nil }
    }

    /// Whether a whole plate was read so seldom that its records are the ones to look through.
    private static func isRare(
        _ plate: RecordQuery.PlateFilter?,
        in snapshot: Snapshot
    ) throws -> Bool {
        guard let plate, plate.match == .exact else { return false }
        let condition = PlateCondition(plate)
        let count = try Int.fetchOne(
            snapshot.db.cachedStatement(
                sql: """
                    SELECT COUNT(*) FROM (SELECT 1 FROM records WHERE plate IN
                    (SELECT id FROM plates WHERE \(condition.sql)) LIMIT \(rareMax))
                    """
            ),
            arguments: condition.arguments
        )
        return (count ?? 0) < rareMax
    }

    private static let rareMax = 20_000

    private mutating func add(_ condition: String, _ arguments: StatementArguments) {
        conditions.append(condition)
        values += arguments
    }

    /// The place of the cursor in the order of the list; false where there is no such record.
    private mutating func addKeyset(_ id: Int64, in snapshot: Snapshot) throws -> Bool {
        guard
            let seen = try Int64.fetchOne(
                snapshot.db.cachedStatement(sql: "SELECT seen FROM records WHERE id = ?"),
                arguments: [id]
            )
        else { return false }
        // Written out, because a row value would keep SQLite from using the index's first column.
        keysetConditions.append("r.seen <= ? AND (r.seen < ? OR r.id < ?)")
        keysetValues += [seen, seen, id]
        return true
    }

    func whereClause(keyset: Bool) -> String {
        let all = conditions + (keyset ? keysetConditions : [])
        return all.isEmpty ? "" : "WHERE " + all.joined(separator: " AND ")
    }

    func arguments(keyset: Bool) -> StatementArguments {
        keyset ? values + keysetValues : values
    }
}

/// A plate filter as a condition on the table of distinct plates.
struct PlateCondition {
    let sql: String
    let arguments: StatementArguments

    init(_ filter: RecordQuery.PlateFilter) {
        let normalized = PlateText.normalized(filter.text)
        let (number, province) = PlateText.split(normalized)
        var sql: String
        var arguments: StatementArguments
        switch filter.match {
        case .exact:
            sql = "number = ?"
            arguments = [number]
        case .prefix:
            sql = "number >= ? AND number < ?"
            arguments = [number, number + "\u{10FFFF}"]
        case .contains:
            sql = "instr(number, ?) > 0"
            arguments = [number]
        case .wildcard:
            sql = "number GLOB ?"
            arguments = [PlateCondition.glob(number)]
        case .fuzzy:
            sql = "lpr_is_like(number, ?, ?)"
            arguments = [number, PlateDistance.tolerance(for: number)]
        }
        if let province {
            sql += " AND province = ?"
            arguments += [province.code]
        } else if filter.match == .contains {
            // What was typed may be part of the province's name.
            let provinces = Province.names.indices
                .filter { PlateText.normalized(Province.names[$0]).contains(normalized) }
                .map { String($0 + 1) }
            if !provinces.isEmpty {
                sql = "(\(sql) OR province IN (\(provinces.joined(separator: ","))))"
            }
        }
        self.sql = sql
        self.arguments = arguments
    }

    /// `*` and `?` are wildcards; GLOB's brackets are not.
    private static func glob(_ pattern: String) -> String {
        pattern.replacing("[", with: "[[]")
    }
}
