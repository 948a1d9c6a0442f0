import GRDB

/// A record query, asked of one snapshot: its camera and its plates are known.
struct RecordQuestion {
    private let query: RecordQuery
    private let snapshot: Snapshot
    private let camera: Int64?
    private var plates: PlateSet?

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
        if let plates, isOfPlatesOnly {
            return try camera.map { try count(plates, ofCamera: $0) } ?? plates.reads
        }
        return try countRecords()
    }

    /// Of frequent plates the counts say it, of the others their index.
    private func count(_ plates: PlateSet, ofCamera camera: Int64) throws -> Int {
        let frequent = try FrequentPlates(snapshot.db).reads(of: plates.ids, camera: camera)
        guard !frequent.plates.isEmpty else { return try countRecords() }
        let known = Set(frequent.plates)
        let new = plates.uncounted.count { $0.camera == camera && known.contains($0.plate) }
        let others = plates.ids.filter { !known.contains($0) }
        guard !others.isEmpty else { return frequent.ofCamera + new }
        var rest = self
        rest.plates = PlateSet(ids: others, reads: max(0, plates.reads - frequent.ofAll))
        return try frequent.ofCamera + new + rest.countRecords()
    }

    private func countRecords() throws -> Int {
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
        let needed = offset + query.perPage
        let way = try way(query, needed: needed)
        let place = try query.beforeID.map { try snapshot.place(ofRecord: $0) }
        if case .some(nil) = place { return [] }
        if way == .plate, let plates, RecordQuestion.merges(plates.ids.count, needed) {
            return try merged(plates.ids, query, after: place ?? nil, offset: offset)
        }
        var conditions = conditions(query, way: way)
        if let place = place ?? nil { conditions.add(after: place) }
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

    /// Places that are gathered from several plates for one page; beyond, SQLite sorts their records.
    private static let mergedMax = 50_000

    /// Whether a page of the records of several plates is merged from each one's newest.
    static func merges(_ plates: Int, _ needed: Int?) -> Bool {
        guard let needed, plates > 1 else { return false }
        return needed <= mergedMax / plates
    }

    /// A page of the records of several plates, from the newest of each one: in its index a plate's records
    /// have the order of the list, all plates' have not.
    private func merged(
        _ plates: [Int64],
        _ query: RecordQuery,
        after place: RecordPlace?,
        offset: Int
    ) throws -> [Record] {
        var found: [RecordPlace] = []
        for plate in plates {
            var one = self
            one.plates = PlateSet(ids: [plate], reads: 0)
            var conditions = one.conditions(query, way: .plate)
            if let place { conditions.add(after: place) }
            let rows = try DirectRows(
                snapshot.db,
                """
                SELECT r.seen, r.id FROM \(conditions.from) \(conditions.whereClause)
                ORDER BY r.seen DESC, r.id DESC LIMIT ?
                """
            )
            try rows.ask(conditions.arguments + [offset + query.perPage])
            while try rows.next() {
                let seen = Timestamp(milliseconds: rows.integer(0))
                found.append(RecordPlace(seen: seen, id: rows.integer(1)))
            }
        }
        found.sort { ($0.seen, $0.id) > ($1.seen, $1.id) }
        let page = found.dropFirst(offset).prefix(query.perPage)
        return try Record.all(
            Row.fetchCursor(
                snapshot.db.cachedStatement(
                    sql: """
                        SELECT \(Record.columns) FROM json_each(?) page
                        CROSS JOIN records r ON r.id = page.value \(Record.joins)
                        ORDER BY r.seen DESC, r.id DESC
                        """
                ),
                arguments: [PlateSet.json(page.map(\.id))]
            )
        )
    }

    private var counters: RecordCounters {
        RecordCounters(query: query, camera: camera, db: snapshot.db)
    }

    /// Whether nothing but plates is asked for, of all cameras or of one.
    private var isOfPlatesOnly: Bool {
        query.dateFrom == nil && query.dateTo == nil
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
