import GRDB

/// The newest records in memory: those that ``PlatePages`` has not counted and ``LateIndexes`` has not entered
/// yet, and some more.
///
/// What it says of an id is true in every state of the database that has not counted this record: what
/// is remembered of a record never changes, no id is given twice, and a record is counted before it is
/// deleted (``Ledger``). So one of these serves all readers, and grows by the records that none of them has
/// asked for yet.
struct NewestRecords: Sendable {
    /// A plate before a camera; plate 0 stands for an id that no record has.
    struct Passage: Hashable, Sendable {
        let plate: Int64
        let camera: Int64
    }

    /// What questions ask of a record, but for a fraction of its confidence.
    struct Arrival: Sendable {
        let passage: Passage
        /// When it was seen, in ms.
        let seen: Int64
        /// Whole percent of its confidence; −1 where it has none.
        let percent: Int8
        let isHit: Bool
    }

    /// The id of the first of the arrivals.
    private var first: Int64 = 1
    private var arrivals: [Arrival] = []

    /// The id of the last record that is known.
    var last: Int64 { first + Int64(arrivals.count) - 1 }

    /// The records that are not counted in a state of the database; nil where not all of them are known.
    func uncounted(_ marks: PlateMarks) -> UncountedRecords? {
        guard first <= marks.countedRecord + 1, last >= max(marks.latestRecord, marks.countedRecord)
        else { return nil }
        let start = Int(marks.countedRecord + 1 - first)
        let end = max(start, Int(marks.latestRecord + 1 - first))
        return UncountedRecords(counted: marks.countedRecord, arrivals: arrivals[start..<end])
    }

    /// Reads what it does not know of a state of the database.
    mutating func extend(_ marks: PlateMarks, in db: Database) throws {
        if first > marks.countedRecord + 1 || last < marks.countedRecord {
            (first, arrivals) = (marks.countedRecord + 1, [])
        }
        let rows = try DirectRows(
            db,
            """
            SELECT id, plate, camera, seen, IFNULL(percent, -1), hit FROM records
            WHERE id > ?1 AND id <= ?2 ORDER BY id
            """
        )
        try rows.ask(last, marks.latestRecord)
        while try rows.next() {
            append(nothingUpTo: rows.integer(0) - 1)
            let passage = Passage(plate: rows.integer(1), camera: rows.integer(2))
            arrivals.append(
                Arrival(
                    passage: passage,
                    seen: rows.integer(3),
                    percent: Int8(clamping: rows.integer(4)),
                    isHit: rows.integer(5) > 0
                )
            )
        }
        append(nothingUpTo: marks.latestRecord)
    }

    /// Lets go of what was counted long ago; readers of an older state may still ask for the latest of it.
    mutating func trim(_ marks: PlateMarks, keeping count: Int) {
        let superfluous = Int(marks.countedRecord - first) + 1 - count
        guard superfluous > count, superfluous <= arrivals.count else { return }
        arrivals.removeFirst(superfluous)
        first += Int64(superfluous)
    }

    private mutating func append(nothingUpTo id: Int64) {
        let nobody = Passage(plate: 0, camera: 0)
        let nothing = Arrival(passage: nobody, seen: 0, percent: -1, isHit: false)
        while last < id { arrivals.append(nothing) }
    }
}

/// The records that are in no count and in no late index of a state of the database: ``LateIndexes`` has some
/// thousand of them wait.
struct UncountedRecords: Sendable {
    /// All records up to this id are counted and entered.
    var counted: Int64 = 0
    /// Those that follow, by their ids, which have no gaps.
    var arrivals: ArraySlice<NewestRecords.Arrival> = []

    /// How many there are of some plates and cameras.
    func count(where isMeant: (NewestRecords.Passage) -> Bool) -> Int {
        arrivals.count { $0.passage.plate != 0 && isMeant($0.passage) }
    }

    /// Whether any was seen within some ms.
    func hasAny(seen span: Range<Int64>) -> Bool {
        arrivals.contains { $0.passage.plate != 0 && span.contains($0.seen) }
    }

    /// Where the newest of each camera stand, oldest first, `count` of each at the most.
    func newestByCamera(_ count: Int) -> [Int64: ArraySlice<RecordPlace>] {
        var places: [Int64: [RecordPlace]] = [:]
        forEach { arrival, place in places[arrival.passage.camera, default: []].append(place) }
        return places.mapValues { $0.sorted().suffix(count) }
    }

    /// Hands over each, smallest ids first.
    func forEach(_ body: (NewestRecords.Arrival, RecordPlace) -> Void) {
        var id = counted
        for arrival in arrivals {
            id += 1
            guard arrival.passage.plate != 0 else { continue }
            body(arrival, RecordPlace(seen: Timestamp(milliseconds: arrival.seen), id: id))
        }
    }
}
