import GRDB

/// A record query planned against one snapshot, with its camera and plates resolved.
struct RecordQueryPlan {
    let query: RecordQuery
    let snapshot: Snapshot
    let camera: Int64?
    var plates: PlateSet?
    /// The records that no deferred index and no counter has yet.
    let unindexed: UnindexedRecords

    /// Nil if the query cannot have results: an unknown camera or plate.
    init?(_ query: RecordQuery, in snapshot: Snapshot) throws {
        self.query = query
        self.snapshot = snapshot
        camera = try query.cameraID.map { try snapshot.cameraNumber(of: $0) } ?? nil
        if query.cameraID != nil, camera == nil { return nil }
        plates = try query.plate.map { try PlateSearch($0, in: snapshot).plates() }
        if let plates, plates.ids.isEmpty { return nil }
        let isAnyKeyAsked = query.cameraID != nil || query.plate != nil
        unindexed =
            isAnyKeyAsked
            ? try snapshot.unindexedRecords(Watermarks(snapshot.db)) : UnindexedRecords()
    }

    /// The number of matching records on all pages (`beforeID` is ignored).
    func count() throws -> Int {
        if let counted = try counters.count() { return counted }
        if let plates, isOfPlatesOnly {
            return try camera.map { try count(plates, ofCamera: $0) } ?? plates.reads
        }
        return try countRecords()
    }

    /// Counts frequent plates from their counters, the others from their index.
    private func count(_ plates: PlateSet, ofCamera camera: Int64) throws -> Int {
        let frequent = try HeavyHitterCounts(snapshot.db).reads(of: plates.ids, camera: camera)
        guard !frequent.plates.isEmpty else { return try countRecords() }
        let known = Set(frequent.plates)
        let new = unindexed.count { $0.camera == camera && known.contains($0.plate) }
        let others = plates.ids.filter { !known.contains($0) }
        guard !others.isEmpty else { return frequent.ofCamera + new }
        var rest = self
        rest.plates = PlateSet(ids: others, reads: max(0, plates.reads - frequent.ofAll))
        return try frequent.ofCamera + new + rest.countRecords()
    }

    private func countRecords() throws -> Int {
        let path = try path(query)
        let conditions = conditions(query, path: path, upTo: lastIndexed(query))
        let found = try Int.fetchOne(
            snapshot.db.cachedStatement(
                sql: "SELECT COUNT(*) FROM \(conditions.from) \(conditions.whereClause)"
            ),
            arguments: conditions.arguments
        )
        return try (found ?? 0) + (path.isDeferred ? waiting(query).count : 0)
    }

    var counters: CounterLookup {
        CounterLookup(query: query, camera: camera, db: snapshot.db)
    }

    /// Whether the query filters by plates only, or by plates and a camera.
    private var isOfPlatesOnly: Bool {
        query.dateFrom == nil && query.dateTo == nil
            && query.confidencePercentMin == nil && query.blacklisted == nil
    }

    /// The range of capture times in ms.
    func span(_ query: RecordQuery) -> Range<Int64> {
        let calendar = snapshot.calendar
        let from = query.dateFrom.map { calendar.start(of: $0).milliseconds } ?? .min
        let to = query.dateTo.map { calendar.start(of: $0.adding(days: 1)).milliseconds } ?? .max
        return from..<max(from, to)
    }

    /// The id beyond which entries of a deferred index are skipped; nil if no waiting record can match, which saves
    /// an eighth of a long count.
    func lastIndexed(_ query: RecordQuery) -> Int64? {
        unindexed.hasAny(seen: span(query)) ? unindexed.indexedThrough : nil
    }

    func conditions(_ query: RecordQuery, path: AccessPath, upTo last: Int64?) -> RecordPredicate {
        RecordPredicate(
            query,
            camera: camera,
            plates: plates,
            path: path,
            indexedThrough: last,
            calendar: snapshot.calendar
        )
    }

    /// The cheapest access path for counting, or for listing `needed` records.
    func path(_ query: RecordQuery, needed: Int? = nil) throws -> AccessPath {
        guard camera != nil || plates != nil || query.blacklisted == true else { return .time }
        let all = try totals(camera: nil, RecordQuery(perPage: 1))
        var days = RecordQuery(perPage: 1)
        (days.dateFrom, days.dateTo) = (query.dateFrom, query.dateTo)
        let ofDays = try totals(camera: nil, days)
        let ofCamera = try camera.map { try totals(camera: $0, RecordQuery(perPage: 1)) } ?? all
        // A camera's share of the days is estimated from its share of all records: summing its counters over two
        // years would take longer than the query.
        let share = Double(ofDays.reads) / Double(max(1, all.reads))
        return AccessPathCosts(
            ofDays: ofDays.reads,
            ofCamera: Int(Double(ofCamera.reads) * share),
            hits: Int(Double(ofCamera.hits) * share),
            share: share,
            all: all.reads,
            plates: plates.map { ($0.ids.count, $0.reads) },
            hasCamera: camera != nil,
            isOfHits: query.blacklisted == true,
            readsRecord: query.blacklisted == false
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
            try CounterLookup(query: query, camera: camera, db: snapshot.db).count() ?? 0
        }
        return (try count(query), try count(hits))
    }
}
