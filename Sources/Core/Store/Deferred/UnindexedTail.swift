import GRDB

/// The newest records in memory: those that ``PackedPlateTable`` has not counted and ``DeferredIndexes`` has not
/// indexed yet, and some older ones.
///
/// A cached record is valid in every snapshot that has not counted it: the cached fields never change, no id is
/// reused, and a record is counted before it is deleted (``StoreWriter``). So one tail serves all readers, and grows
/// by the records that none of them has read yet.
struct UnindexedTail: Sendable {
    /// A plate and a camera; plate 0 stands for an id without a record.
    struct PlateCameraPair: Hashable, Sendable {
        let plate: Int64
        let camera: Int64
    }

    /// The fields that queries test, except for the fraction of a confidence.
    struct UnindexedRecord: Sendable {
        let pair: PlateCameraPair
        /// When it was seen, in ms.
        let seen: Int64
        /// The confidence in whole percent; −1 if there is none.
        let percent: Int8
        let isHit: Bool
    }

    /// The id of the first cached record.
    private var first: Int64 = 1
    private var records: [UnindexedRecord] = []

    /// The id of the last cached record.
    var last: Int64 { first + Int64(records.count) - 1 }

    /// The records that a snapshot has not indexed; nil if some of them are not cached.
    func unindexed(_ marks: Watermarks) -> UnindexedRecords? {
        guard first <= marks.indexedThrough + 1,
            last >= max(marks.latestRecord, marks.indexedThrough)
        else { return nil }
        let start = Int(marks.indexedThrough + 1 - first)
        let end = max(start, Int(marks.latestRecord + 1 - first))
        return UnindexedRecords(indexedThrough: marks.indexedThrough, records: records[start..<end])
    }

    /// Reads the records of a snapshot that are not cached yet.
    mutating func extend(_ marks: Watermarks, in db: Database) throws {
        if first > marks.indexedThrough + 1 || last < marks.indexedThrough {
            (first, records) = (marks.indexedThrough + 1, [])
        }
        let rows = try RawStatement(
            db,
            """
            SELECT id, plate, camera, seen, IFNULL(percent, -1), hit FROM records
            WHERE id > ?1 AND id <= ?2 ORDER BY id
            """
        )
        try rows.bind(last, marks.latestRecord)
        while try rows.next() {
            append(gapsUpTo: rows.integer(0) - 1)
            let pair = PlateCameraPair(plate: rows.integer(1), camera: rows.integer(2))
            records.append(
                UnindexedRecord(
                    pair: pair,
                    seen: rows.integer(3),
                    percent: Int8(clamping: rows.integer(4)),
                    isHit: rows.integer(5) > 0
                )
            )
        }
        append(gapsUpTo: marks.latestRecord)
    }

    /// Evicts indexed records, but keeps `count` of them for readers of an older snapshot.
    mutating func trim(_ marks: Watermarks, keeping count: Int) {
        let superfluous = Int(marks.indexedThrough - first) + 1 - count
        guard superfluous > count, superfluous <= records.count else { return }
        records.removeFirst(superfluous)
        first += Int64(superfluous)
    }

    private mutating func append(gapsUpTo id: Int64) {
        let none = PlateCameraPair(plate: 0, camera: 0)
        let gap = UnindexedRecord(pair: none, seen: 0, percent: -1, isHit: false)
        while last < id { records.append(gap) }
    }
}

/// The records of a snapshot that are neither counted nor in a deferred index yet: some thousands.
struct UnindexedRecords: Sendable {
    /// All records up to this id are counted and indexed.
    var indexedThrough: Int64 = 0
    /// The records that follow, by id, without gaps.
    var records: ArraySlice<UnindexedTail.UnindexedRecord> = []

    /// The number of records of some plates and cameras.
    func count(where isMeant: (UnindexedTail.PlateCameraPair) -> Bool) -> Int {
        records.count { $0.pair.plate != 0 && isMeant($0.pair) }
    }

    /// Whether any was seen in a range of ms.
    func hasAny(seen span: Range<Int64>) -> Bool {
        records.contains { $0.pair.plate != 0 && span.contains($0.seen) }
    }

    /// The sort keys of each camera's newest records, oldest first, at most `count` per camera.
    func newestByCamera(_ count: Int) -> [Int64: ArraySlice<SortKey>] {
        var places: [Int64: [SortKey]] = [:]
        forEach { record, place in places[record.pair.camera, default: []].append(place) }
        return places.mapValues { $0.sorted().suffix(count) }
    }

    /// Calls `body` with each record, in ascending order of ids.
    func forEach(_ body: (UnindexedTail.UnindexedRecord, SortKey) -> Void) {
        var id = indexedThrough
        for record in records {
            id += 1
            guard record.pair.plate != 0 else { continue }
            body(record, SortKey(seen: Timestamp(milliseconds: record.seen), id: id))
        }
    }
}
