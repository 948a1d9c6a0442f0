import GRDB

/// Lists for pages: first the places of the records, which an index alone can tell, then what is shown of
/// those of them that are not known yet.
extension Snapshot {
    /// The ids of the newest records, newest first.
    public func newestIDs(_ count: Int) throws -> [Int64] {
        try ids("SELECT id FROM records ORDER BY seen DESC, id DESC LIMIT ?1", count)
    }

    /// The ids of each camera's newest records, `count` of each at the most.
    public func newestOfCameras(_ count: Int) throws -> any NewestOfCameras {
        try IndexedNewestOfCameras(self, count)
    }

    /// The ids of the newest records that matched the blacklist, newest first.
    public func newestHitIDs(_ count: Int) throws -> [Int64] {
        try ids(
            "SELECT record FROM alerts ORDER BY id DESC LIMIT ?1",
            count
        )
    }

    private func ids(_ sql: String, _ count: Int) throws -> [Int64] {
        let rows = try RawCursor(db, sql)
        try rows.bind(Int64(count))
        var ids: [Int64] = []
        ids.reserveCapacity(count)
        while try rows.next() { ids.append(rows.integer(0)) }
        return ids
    }

    /// The places of the `count` records of a day that come last before a place in its order, oldest
    /// first.
    ///
    /// With no place, the day's last. The cost does not depend on how long the day is.
    public func sortKeys(
        of day: Day,
        before place: SortKey?,
        count: Int
    ) throws -> [SortKey] {
        let span = calendar.interval(of: day)
        let rows = try RawCursor(
            db,
            """
            SELECT seen, id FROM records
            WHERE seen >= ?1 AND seen <= ?2 AND (seen < ?2 OR id < ?3)
            ORDER BY seen DESC, id DESC LIMIT ?4
            """
        )
        try rows.bind(
            span.lowerBound.milliseconds,
            (place?.seen ?? span.upperBound).milliseconds,
            place?.id ?? 0,
            Int64(count)
        )
        return try rows.sortKeys().reversed()
    }

    /// Reads what tables show of records.
    public func lineReader() throws -> any RowReader { try RecordRowReader(db) }
}

/// What cameras read last: what waits for the cameras' index (``DeferredIndexes``) is looked through once for all of
/// them.
private struct IndexedNewestOfCameras: NewestOfCameras {
    private let waiting: [Int64: ArraySlice<SortKey>]
    private let counted: Int64
    private let count: Int
    private let rows: RawCursor

    init(_ snapshot: Snapshot, _ count: Int) throws {
        let unindexed = try snapshot.unindexedRecords()
        waiting = unindexed.newestByCamera(count)
        counted = unindexed.indexedThrough
        self.count = count
        rows = try RawCursor(
            snapshot.db,
            """
            SELECT seen, id FROM camera_records WHERE camera = ?1 AND id <= ?2
            ORDER BY seen DESC, id DESC LIMIT ?3
            """
        )
    }

    /// The ids of a camera's, newest first.
    func ids(ofCamera number: Int64) throws -> [Int64] {
        try rows.bind(number, counted, Int64(count))
        let places = try rows.sortKeys() + (waiting[number] ?? [])
        return places.sorted(by: >).prefix(count).map(\.id)
    }
}
