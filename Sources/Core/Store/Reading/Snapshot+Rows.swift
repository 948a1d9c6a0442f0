import GRDB

/// Lists for pages: first the sort keys of the records, from an index alone, then the rows of those that are not
/// cached.
extension Snapshot {
    /// The ids of the newest records, newest first.
    public func newestIDs(_ count: Int) throws -> [Int64] {
        try ids("SELECT id FROM records ORDER BY seen DESC, id DESC LIMIT ?1", count)
    }

    /// The ids of each camera's newest records, at most `count` per camera.
    public func newestOfCameras(_ count: Int) throws -> any NewestOfCameras {
        try IndexedNewestOfCameras(self, count)
    }

    /// The ids of the newest blacklist hits, newest first.
    public func newestHitIDs(_ count: Int) throws -> [Int64] {
        try ids(
            "SELECT record FROM alerts ORDER BY id DESC LIMIT ?1",
            count
        )
    }

    private func ids(_ sql: String, _ count: Int) throws -> [Int64] {
        let rows = try RawStatement(db, sql)
        try rows.bind(Int64(count))
        var ids: [Int64] = []
        ids.reserveCapacity(count)
        while try rows.next() { ids.append(rows.integer(0)) }
        return ids
    }

    /// The sort keys of the last `count` records of a day before a key, oldest first.
    ///
    /// Without a key, the day's last. The cost does not depend on the length of the day.
    public func sortKeys(
        of day: Day,
        before place: SortKey?,
        count: Int
    ) throws -> [SortKey] {
        let span = calendar.interval(of: day)
        let rows = try RawStatement(
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
    public func rowReader() throws -> any RowReader { try RecordRowReader(db) }
}

/// The cameras' newest records: the records that wait for the deferred index are scanned once for all cameras.
private struct IndexedNewestOfCameras: NewestOfCameras {
    private let waiting: [Int64: ArraySlice<SortKey>]
    private let counted: Int64
    private let count: Int
    private let rows: RawStatement

    init(_ snapshot: Snapshot, _ count: Int) throws {
        let unindexed = try snapshot.unindexedRecords()
        waiting = unindexed.newestByCamera(count)
        counted = unindexed.indexedThrough
        self.count = count
        rows = try RawStatement(
            snapshot.db,
            """
            SELECT seen, id FROM camera_records WHERE camera = ?1 AND id <= ?2
            ORDER BY seen DESC, id DESC LIMIT ?3
            """
        )
    }

    /// The ids of a camera's records, newest first.
    func ids(ofCamera number: Int64) throws -> [Int64] {
        try rows.bind(number, counted, Int64(count))
        let places = try rows.sortKeys() + (waiting[number] ?? [])
        return places.sorted(by: >).prefix(count).map(\.id)
    }
}
