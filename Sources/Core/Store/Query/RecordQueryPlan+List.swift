import GRDB

extension RecordQueryPlan {
    /// One page of records, newest first, after `offset` of them.
    ///
    /// The page's sort keys are found first, in an index alone if possible; names and plates are joined to these few,
    /// not to all records that a deep page skips.
    func list(offset: Int) throws -> [Record] {
        let (query, offset) = try counters.withoutDaysBefore(offset)
        let path = try path(query, needed: offset + query.perPage)
        let place = try query.beforeID.map { try snapshot.sortKey(ofRecord: $0) }
        if case .some(nil) = place { return [] }
        guard path.isDeferred else {
            return try list(query, path: path, after: place ?? nil, offset: offset)
        }
        return try deferredList(query, path: path, after: place ?? nil, offset: offset)
    }

    /// A page from an index that has all records.
    private func list(
        _ query: RecordQuery,
        path: AccessPath,
        after place: SortKey?,
        offset: Int
    ) throws -> [Record] {
        var conditions = conditions(query, path: path, upTo: nil)
        if let place { conditions.add(after: place) }
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

    /// A page from a deferred index: waiting records may come before the page, so that as many fewer are skipped in
    /// the index.
    private func deferredList(
        _ query: RecordQuery,
        path: AccessPath,
        after place: SortKey?,
        offset: Int
    ) throws -> [Record] {
        let waiting = try waiting(query, after: place)
        var passed = 0
        var found: [SortKey] = []
        if path == .plate, let plates, Self.merges(plates.ids.count, offset + query.perPage) {
            found = try newest(offset + query.perPage, ofEach: plates.ids, query, after: place)
        } else {
            passed = max(0, offset - waiting.count)
            var conditions = conditions(query, path: path, upTo: lastIndexed(query))
            if let place { conditions.add(after: place) }
            let needed = offset - passed + query.perPage
            found = try sortKeys(conditions, limit: needed, offset: passed)
        }
        found += waiting
        found.sort(by: >)
        return try records(found.dropFirst(offset - passed).prefix(query.perPage))
    }

    /// The maximum number of sort keys that are merged from several plates; beyond, SQLite sorts their records.
    private static let mergedMax = 50_000

    /// Whether a page of several plates is merged from each plate's newest records.
    static func merges(_ plates: Int, _ needed: Int?) -> Bool {
        guard let needed, plates > 1 else { return false }
        return needed <= mergedMax / plates
    }

    /// The sort keys of the newest `count` records per plate: in the index each plate's records are in list order,
    /// those of all plates are not.
    private func newest(
        _ count: Int,
        ofEach plates: [Int64],
        _ query: RecordQuery,
        after place: SortKey?
    ) throws -> [SortKey] {
        var found: [SortKey] = []
        let last = lastIndexed(query)
        for plate in plates {
            var one = self
            one.plates = PlateSet(ids: [plate], reads: 0)
            var conditions = one.conditions(query, path: .plate, upTo: last)
            if let place { conditions.add(after: place) }
            found += try sortKeys(conditions, limit: count, offset: 0)
        }
        return found
    }

    private func sortKeys(
        _ conditions: RecordPredicate,
        limit: Int,
        offset: Int
    ) throws -> [SortKey] {
        let key = conditions.key
        let rows = try RawStatement(
            snapshot.db,
            """
            SELECT \(key).seen, \(key).id FROM \(conditions.from) \(conditions.whereClause)
            ORDER BY \(key).seen DESC, \(key).id DESC LIMIT ? OFFSET ?
            """
        )
        try rows.bind(conditions.arguments + [limit, offset])
        return try rows.sortKeys()
    }

    private func records(_ page: some Collection<SortKey>) throws -> [Record] {
        try Record.all(
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

    /// The sort keys of the matching records that are not indexed yet, unordered.
    func waiting(_ query: RecordQuery, after place: SortKey? = nil) throws -> [SortKey] {
        let holds = plates?.membership
        let span = span(query)
        let percent = query.confidencePercentMin
        let whole = percent.map { Int8(clamping: Int($0)) } ?? .min
        // At the whole percent of a fractional minimum only the record decides.
        var unclear: [Int64] = []
        var places: [SortKey] = []
        unindexed.forEach { arrival, each in
            guard camera == nil || arrival.pair.camera == camera,
                span.contains(arrival.seen),
                query.blacklisted == nil || arrival.isHit == query.blacklisted,
                percent == nil || arrival.percent >= whole,
                holds?(arrival.pair.plate) ?? true
            else { return }
            if let place, each >= place { return }
            places.append(each)
            if let percent, arrival.percent == whole, percent > Double(whole) {
                unclear.append(each.id)
            }
        }
        guard !unclear.isEmpty else { return places }
        let sure = try surer(than: query, among: unclear)
        let unsure = Set(unclear).subtracting(sure)
        return places.filter { !unsure.contains($0.id) }
    }

    private func surer(than query: RecordQuery, among ids: [Int64]) throws -> Set<Int64> {
        let conditions = RecordPredicate(query, ids: ids)
        return try Int64.fetchSet(
            snapshot.db.cachedStatement(
                sql: "SELECT r.id FROM \(conditions.from) \(conditions.whereClause)"
            ),
            arguments: conditions.arguments
        )
    }
}
