import GRDB

/// Whose the newest records are, in memory: those of which ``PlatePages`` has no counts yet, and some more.
///
/// What it says of an id is true in every state of the database that has not counted this record: plates and
/// cameras of a record never change, no id is given twice, and a record is counted before it is
/// deleted (``Ledger``). So one of these serves all readers, and grows by the records that none of them has
/// asked for yet.
struct NewestRecords: Sendable {
    /// A plate before a camera; plate 0 stands for an id that no record has.
    struct Passage: Hashable, Sendable {
        let plate: Int64
        let camera: Int64
    }

    /// The id of the first of the passages.
    private var first: Int64 = 1
    private var passages: [Passage] = []

    /// The id of the last record that is known.
    var last: Int64 { first + Int64(passages.count) - 1 }

    /// The records that are not counted in a state of the database; nil where not all of them are known.
    func uncounted(_ marks: PlateMarks) -> ArraySlice<Passage>? {
        guard first <= marks.countedRecord + 1, last >= max(marks.latestRecord, marks.countedRecord)
        else { return nil }
        let start = Int(marks.countedRecord + 1 - first)
        return passages[start..<max(start, Int(marks.latestRecord + 1 - first))]
    }

    /// Reads what it does not know of a state of the database.
    mutating func extend(_ marks: PlateMarks, in db: Database) throws {
        if first > marks.countedRecord + 1 || last < marks.countedRecord {
            (first, passages) = (marks.countedRecord + 1, [])
        }
        let rows = try DirectRows(
            db,
            "SELECT id, plate, camera FROM records WHERE id > ?1 AND id <= ?2 ORDER BY id"
        )
        try rows.ask(last, marks.latestRecord)
        while try rows.next() {
            append(nothingUpTo: rows.integer(0) - 1)
            passages.append(Passage(plate: rows.integer(1), camera: rows.integer(2)))
        }
        append(nothingUpTo: marks.latestRecord)
    }

    /// Lets go of what was counted long ago; readers of an older state may still ask for the latest of it.
    mutating func trim(_ marks: PlateMarks, keeping count: Int) {
        let superfluous = Int(marks.countedRecord - first) + 1 - count
        guard superfluous > count, superfluous <= passages.count else { return }
        passages.removeFirst(superfluous)
        first += Int64(superfluous)
    }

    private mutating func append(nothingUpTo id: Int64) {
        while last < id { passages.append(Passage(plate: 0, camera: 0)) }
    }
}
