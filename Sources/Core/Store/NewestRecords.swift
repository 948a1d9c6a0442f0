import GRDB

/// The newest records in memory: those that ``PlatePages`` has not counted and ``LateIndexes`` has not entered
/// yet, and some more.
///
/// What it says of an id is true in every state of the database that has not counted this record: plates,
/// cameras and times of a record never change, no id is given twice, and a record is counted before it is
/// deleted (``Ledger``). So one of these serves all readers, and grows by the records that none of them has
/// asked for yet.
struct NewestRecords: Sendable {
    /// A plate before a camera; plate 0 stands for an id that no record has.
    struct Passage: Hashable, Sendable {
        let plate: Int64
        let camera: Int64
    }

    /// A passage, and when it was seen, in ms.
    struct Arrival: Sendable {
        let passage: Passage
        let seen: Int64
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
            "SELECT id, plate, camera, seen FROM records WHERE id > ?1 AND id <= ?2 ORDER BY id"
        )
        try rows.ask(last, marks.latestRecord)
        while try rows.next() {
            append(nothingUpTo: rows.integer(0) - 1)
            let passage = Passage(plate: rows.integer(1), camera: rows.integer(2))
            arrivals.append(Arrival(passage: passage, seen: rows.integer(3)))
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
        let nothing = Arrival(passage: Passage(plate: 0, camera: 0), seen: 0)
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

    /// Where those that are meant stand in the order of the list, oldest ids first.
    func places(where isMeant: (NewestRecords.Arrival) -> Bool) -> [RecordPlace] {
        var id = counted
        var places: [RecordPlace] = []
        for arrival in arrivals {
            id += 1
            guard arrival.passage.plate != 0, isMeant(arrival) else { continue }
            places.append(RecordPlace(seen: Timestamp(milliseconds: arrival.seen), id: id))
        }
        return places
    }
}
