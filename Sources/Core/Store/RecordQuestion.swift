import GRDB

/// A record query, asked of one snapshot: its camera and its plates are known.
struct RecordQuestion {
    private let query: RecordQuery
    private let snapshot: Snapshot
    private let camera: Int64?
    private let plates: PlateSet?

    /// Nil where the query can have no answer: a camera or a plate that was never seen.
    init?(_ query: RecordQuery, in snapshot: Snapshot) throws {
        self.query = query
        self.snapshot = snapshot
        camera = try query.cameraID.map { try snapshot.cameraNumber(of: $0) } ?? nil
        if query.cameraID != nil, camera == nil { return nil }
        plates = try query.plate.map { try PlateSearch($0, in: snapshot).plates() }
        if let plates, plates.ids.isEmpty { return nil }
    }

    /// How many records are asked for, on all pages (`beforeID` does not count).
    func count() throws -> Int {
        if let counted = try counters.count() { return counted }
        if let plates, isOfPlatesOnly { return plates.reads }
        let conditions = conditions(query, way: try way(query))
        return try Int.fetchOne(
            snapshot.db.cachedStatement(
                sql: "SELECT COUNT(*) FROM \(conditions.from) \(conditions.whereClause)"
            ),
            arguments: conditions.arguments
        ) ?? 0
    }

    /// A page of them, newest first, after `offset` of them.
    ///
    /// The page's ids are found first, in an index alone where that is possible; names and plates are joined
    /// to these few, not to all records that a deep page passes over.
    func list(offset: Int) throws -> [Record] {
        let (query, offset) = try counters.withoutDaysBefore(offset)
        let way = try way(query, needed: offset + query.perPage)
        var conditions = conditions(query, way: way)
        if let beforeID = query.beforeID {
            guard let place = try snapshot.place(ofRecord: beforeID) else { return [] }
            conditions.add(after: place)
        }
        return try Record.all(
            Row.fetchCursor(
                snapshot.db.cachedStatement(
                    sql: """
                        SELECT \(Record.columns) FROM (
                            SELECT r.id AS picked FROM \(conditions.from)
                            \(conditions.whereClause)
                            ORDER BY r.seen DESC, r.id DESC LIMIT ? OFFSET ?
                        ) page CROSS JOIN records r ON r.id = page.picked \(Record.joins)
                        ORDER BY r.seen DESC, r.id DESC
                        """
                ),
                arguments: conditions.arguments + [query.perPage, offset]
            )
        )
    }

    private var counters: RecordCounters {
        RecordCounters(query: query, camera: camera, db: snapshot.db)
    }

    private var isOfPlatesOnly: Bool {
        camera == nil && query.dateFrom == nil && query.dateTo == nil
            && query.confidencePercentMin == nil && query.blacklisted == nil
    }

    private func conditions(_ query: RecordQuery, way: RecordWay) -> RecordConditions {
        RecordConditions(
            query,
            camera: camera,
            plates: plates,
            way: way,
            calendar: snapshot.calendar
        )
    }

    /// The cheapest way; `needed` records are to be listed instead of counted, where it is given.
    private func way(_ query: RecordQuery, needed: Int? = nil) throws -> RecordWay {
        guard camera != nil || plates != nil || query.blacklisted == true else { return .time }
        let all = try totals(camera: nil, RecordQuery(perPage: 1))
        var days = RecordQuery(perPage: 1)
        (days.dateFrom, days.dateTo) = (query.dateFrom, query.dateTo)
        let ofDays = try totals(camera: nil, days)
        let ofCamera = try camera.map { try totals(camera: $0, RecordQuery(perPage: 1)) } ?? all
        // A camera's share of some days is taken for its share of all: its counters of two years would
        // take longer than the answer.
        let share = Double(ofDays.reads) / Double(max(1, all.reads))
        return RecordWays(
            ofDays: ofDays.reads,
            ofCamera: Int(Double(ofCamera.reads) * share),
            hits: Int(Double(ofCamera.hits) * share),
            share: share,
            all: all.reads,
            plates: plates.map { ($0.ids.count, $0.reads) },
            hasCamera: camera != nil,
            isOfHits: query.blacklisted == true,
            looksAtRecord: query.blacklisted == false
                || query.confidencePercentMin.map { Int(exactly: $0) == nil } ?? false
        )
        .best(needed: needed)
    }

    private func totals(
        camera: Int64?,
        _ query: RecordQuery
    ) throws -> (reads: Int, hits: Int) {
        var hits = query
        hits.blacklisted = true
        func count(_ query: RecordQuery) throws -> Int {
            try RecordCounters(query: query, camera: camera, db: snapshot.db).count() ?? 0
        }
        return (try count(query), try count(hits))
    }
}
