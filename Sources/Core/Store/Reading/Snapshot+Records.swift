import GRDB

extension Snapshot {
    /// One record by its id; nil if there is none.
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

    /// A page of the matching records, newest first, with their number.
    public func records(_ query: RecordQuery) throws -> RecordPage {
        let plan = try RecordQueryPlan(query, in: self)
        return RecordPage(
            records: try plan?.list(offset: (query.page - 1) * query.perPage) ?? [],
            total: try plan?.count() ?? 0,
            page: query.page,
            perPage: query.perPage
        )
    }

    /// The matching records without their number: for streams, by `beforeID`.
    public func list(_ query: RecordQuery) throws -> [Record] {
        try RecordQueryPlan(query, in: self)?.list(offset: 0) ?? []
    }

    /// The sort key of a record; nil if there is none.
    func sortKey(ofRecord id: Int64) throws -> SortKey? {
        try Timestamp(
            Int64.fetchOne(
                db.cachedStatement(sql: "SELECT seen FROM records WHERE id = ?"),
                arguments: [id]
            )
        )
        .map { SortKey(seen: $0, id: id) }
    }

    /// A camera's number; nil if it is unknown.
    func cameraNumber(of name: String) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM cameras WHERE name = ?"),
            arguments: [name]
        )
    }
}
