import GRDB

/// The newest records in memory: those that ``PackedPlateTable`` has not counted and ``DeferredIndexes`` has not entered
/// yet, and some more.
///
/// What it says of an id is true in every state of the database that has not counted this record: what
/// is remembered of a record never changes, no id is given twice, and a record is counted before it is
/// deleted (``StoreWriter``). So one of these serves all readers, and grows by the records that none of them has
/// asked for yet.
struct UnindexedTail: Sendable {
    /// A plate before a camera; plate 0 stands for an id that no record has.
    struct PlateCameraPair: Hashable, Sendable {
        let plate: Int64
        let camera: Int64
    }

    /// What questions ask of a record, but for a fraction of its confidence.
    struct UnindexedRecord: Sendable {
        let pair: PlateCameraPair
        /// When it was seen, in ms.
        let seen: Int64
        /// Whole percent of its confidence; −1 where it has none.
        let percent: Int8
        let isHit: Bool
    }

    /// The id of the first of the records.
    private var first: Int64 = 1
    private var records: [UnindexedRecord] = []

    /// The id of the last record that is known.
    var last: Int64 { first + Int64(records.count) - 1 }

    /// The records that are not counted in a state of the database; nil where not all of them are known.
    func uncounted(_ marks: Watermarks) -> UnindexedRecords? {
        guard first <= marks.indexedThrough + 1,
            last >= max(marks.latestRecord, marks.indexedThrough)
        else { return nil }
        let start = Int(marks.indexedThrough + 1 - first)
        let end = max(start, Int(marks.latestRecord + 1 - first))
        return UnindexedRecords(counted: marks.indexedThrough, records: records[start..<end])
    }

    /// Reads what it does not know of a state of the database.
    mutating func extend(_ marks: Watermarks, in db: Database) throws {
        if first > marks.indexedThrough + 1 || last < marks.indexedThrough {
            (first, records) = (marks.indexedThrough + 1, [])
        }
        let rows = try RawCursor(
            db,
            """
            SELECT id, plate, camera, seen, IFNULL(percent, -1), hit FROM records
            WHERE id > ?1 AND id <= ?2 ORDER BY id
            """
        )
        try rows.bind(last, marks.latestRecord)
        while try rows.next() {
            append(nothingUpTo: rows.integer(0) - 1)
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
        append(nothingUpTo: marks.latestRecord)
    }

    /// Lets go of what was counted long ago; readers of an older state may still ask for the latest of it.
    mutating func trim(_ marks: Watermarks, keeping count: Int) {
        let superfluous = Int(marks.indexedThrough - first) + 1 - count
        guard superfluous > count, superfluous <= records.count else { return }
        records.removeFirst(superfluous)
        first += Int64(superfluous)
    }

    private mutating func append(nothingUpTo id: Int64) {
        let nobody = PlateCameraPair(plate: 0, camera: 0)
        let nothing = UnindexedRecord(pair: nobody, seen: 0, percent: -1, isHit: false)
        while last < id { records.append(nothing) }
    }
}

/// The records that are in no count and in no late index of a state of the database: ``DeferredIndexes`` has some
/// thousand of them wait.
struct UnindexedRecords: Sendable {
    /// All records up to this id are counted and entered.
    var counted: Int64 = 0
    /// Those that follow, by their ids, which have no gaps.
    var records: ArraySlice<UnindexedTail.UnindexedRecord> = []

    /// How many there are of some plates and cameras.
    func count(where isMeant: (UnindexedTail.PlateCameraPair) -> Bool) -> Int {
        records.count { $0.pair.plate != 0 && isMeant($0.pair) }
    }

    /// Whether any was seen within some ms.
    func hasAny(seen span: Range<Int64>) -> Bool {
        records.contains { $0.pair.plate != 0 && span.contains($0.seen) }
    }

    /// Where the newest of each camera stand, oldest first, `count` of each at the most.
    func newestByCamera(_ count: Int) -> [Int64: ArraySlice<SortKey>] {
        var places: [Int64: [SortKey]] = [:]
        forEach { record, place in places[record.pair.camera, default: []].append(place) }
        return places.mapValues { $0.sorted().suffix(count) }
    }

    /// Hands over each, smallest ids first.
    func forEach(_ body: (UnindexedTail.UnindexedRecord, SortKey) -> Void) {
        var id = counted
        for record in records {
            id += 1
            guard record.pair.plate != 0 else { continue }
            body(record, SortKey(seen: Timestamp(milliseconds: record.seen), id: id))
        }
    }
}
