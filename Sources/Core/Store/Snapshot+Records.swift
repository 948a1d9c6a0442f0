import GRDB

extension Snapshot {
    /// One record by its id; nil where there is none.
    public func record(id: Int64) throws -> Record? {
        try Record.all(
            Row.fetchCursor(
                db.cachedStatement(
                    sql: "SELECT \(Record.columns) FROM records r \(Record.joins) WHERE r.id = ?"
                ),
                arguments: [id]
            )
        ).first
    }

    /// The newest records.
    public func newestRecords(_ count: Int) throws -> [Record] {
        try Record.all(
            Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT \(Record.columns) FROM records r \(Record.joins)
                        ORDER BY r.seen DESC, r.id DESC LIMIT ?
                        """
                ),
                arguments: [count]
            )
        )
    }

    /// The newest records of one camera.
    public func newestRecords(ofCamera number: Int64, _ count: Int) throws -> [Record] {
        try Record.all(
            Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT \(Record.columns) FROM records r \(Record.joins)
                        WHERE r.camera = ? ORDER BY r.seen DESC, r.id DESC LIMIT ?
                        """
                ),
                arguments: [number, count]
            )
        )
    }

    /// A page of the records that are asked for, with how many there are, newest first.
    public func records(_ query: RecordQuery) throws -> RecordPage {
        RecordPage(
            records: try list(query, offset: (query.page - 1) * query.perPage),
            total: try count(query),
            page: query.page,
            perPage: query.perPage
        )
    }

    /// The records that are asked for without counting them: for streams, by `beforeID`.
    ///
    /// The page's ids are found first, in an index alone; names and plates are joined to these few, not
    /// to all records that a deep page passes over.
    public func list(_ query: RecordQuery, offset: Int = 0) throws -> [Record] {
        let (query, offset) = try withoutDaysBefore(offset, of: query)
        guard let conditions = try RecordConditions(query, in: self) else { return [] }
        return try Record.all(
            Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT \(Record.columns) FROM (
                            SELECT r.id AS picked FROM records r
                            \(conditions.whereClause(keyset: true))
                            ORDER BY r.seen DESC, r.id DESC LIMIT ? OFFSET ?
                        ) page CROSS JOIN records r ON r.id = page.picked \(Record.joins)
                        ORDER BY r.seen DESC, r.id DESC
                        """
                ),
                arguments: conditions.arguments(keyset: true) + [query.perPage, offset]
            )
        )
    }

    /// How many records are asked for, on all pages (`beforeID` does not count).
    public func count(_ query: RecordQuery) throws -> Int {
        if let counted = try countFromCounters(query) { return counted }
        guard let conditions = try RecordConditions(query, in: self) else { return 0 }
        return try Int.fetchOne(
            db.cachedStatement(
                sql: "SELECT COUNT(*) FROM records r \(conditions.whereClause(keyset: false))"
            ),
            arguments: conditions.arguments(keyset: false)
        ) ?? 0
    }

    /// Counts by camera, days and hits stand in the counters; nil where the query asks for more.
    private func countFromCounters(_ query: RecordQuery) throws -> Int? {
        guard let counter = counter(query) else { return nil }
        var sql = "FROM days WHERE day BETWEEN ? AND ?"
        var arguments: StatementArguments = [
            query.dateFrom?.daysSinceEpoch ?? Int(Int32.min),
            query.dateTo?.daysSinceEpoch ?? Int(Int32.max),
        ]
        if let cameraID = query.cameraID, query.dateFrom == nil, query.dateTo == nil {
            sql = "FROM cameras WHERE name = ?3 AND ?1 <= ?2"
            arguments += [cameraID]
        } else if let cameraID = query.cameraID {
            sql = """
                FROM hours WHERE day BETWEEN ? AND ?
                AND camera = (SELECT id FROM cameras WHERE name = ?)
                """
            arguments += [cameraID]
        }
        return try Int.fetchOne(
            db.cachedStatement(sql: "SELECT COALESCE(SUM(\(counter)), 0) \(sql)"),
            arguments: arguments
        )
    }

    /// The same page of a query of fewer days: whole days that lie before it are passed over by their
    /// counters, so that page 100,000 costs what its own day costs.
    private func withoutDaysBefore(
        _ offset: Int,
        of query: RecordQuery
    ) throws -> (RecordQuery, offset: Int) {
        guard offset > 0, query.beforeID == nil, let counter = counter(query)
        else { return (query, offset) }
        var sql = "SELECT day, \(counter) FROM days WHERE day BETWEEN ? AND ?"
        var arguments: StatementArguments = [
            query.dateFrom?.daysSinceEpoch ?? Int(Int32.min),
            query.dateTo?.daysSinceEpoch ?? Int(Int32.max),
        ]
        if let cameraID = query.cameraID {
            sql = """
                SELECT day, SUM(\(counter)) FROM hours WHERE day BETWEEN ? AND ?
                AND camera = (SELECT id FROM cameras WHERE name = ?) GROUP BY day
                """
            arguments += [cameraID]
        }
        let days = try Row.fetchCursor(
            db.cachedStatement(sql: sql + " ORDER BY day DESC"),
            arguments: arguments
        )
        var query = query
        var left = offset
        while let day = try days.next(), left >= (day[1] as Int) {
            left -= day[1] as Int
            query.dateTo = Day(daysSinceEpoch: (day[0] as Int) - 1)
        }
        return (query, left)
    }

    /// What a query counts of a row of counters; nil where they do not say it.
    ///
    /// Days know their records' confidences by whole percent, for all cameras together.
    private func counter(_ query: RecordQuery) -> String? {
        guard query.plate == nil else { return nil }
        if let percent = query.confidencePercentMin {
            guard query.cameraID == nil, query.blacklisted == nil, let whole = Int(exactly: percent)
            else { return nil }
            return "lpr_count_from(percents, \(whole))"
        }
        return switch query.blacklisted {
        case nil: "reads"
        case true?: "hits"
        case false?: "reads - hits"
        }
    }
}
