import GRDB

/// The plates that a filter means, and how many records they have.
struct PlateSet {
    /// Their ids, ascending.
    let ids: [Int64]
    /// How many records they have together.
    let reads: Int

    /// A bit for each plate from id 0 on: what `lpr_holds` looks into.
    var bits: [UInt8] {
        guard let last = ids.last else { return [] }
        var bits = [UInt8](repeating: 0, count: Int(last / 8) + 1)
        for id in ids { bits[Int(id / 8)] |= 1 << UInt8(id % 8) }
        return bits
    }

    /// `[1,2,3]`, for `json_each`.
    var json: String { "[" + ids.lazy.map(String.init).joined(separator: ",") + "]" }
}

/// Finds plates: by the index of numbers where it leads to them, else by a look through all packed pages
/// (``PlatePages``).
///
/// SAFETY: the bytes of a page belong to SQLite until the statement's next step, and are read before it.
struct PlateSearch {
    private let db: Database
    private let filter: PlateMatcher
    private let pages: PlatePages

    init(_ filter: RecordQuery.PlateFilter, in db: Database) throws {
        self.db = db
        self.filter = PlateMatcher(filter)
        pages = try PlatePages(db)
    }

    /// All plates that are meant.
    func plates() throws -> PlateSet {
        let ids = try filter.range.map(idsByIndex) ?? idsByLookingThrough()
        return PlateSet(ids: ids, reads: try countedReads(of: ids) + newReads(of: ids))
    }

    private func idsByIndex(_ range: (from: String, to: String)) throws -> [Int64] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: "SELECT id, province FROM plates WHERE number >= ? AND number <= ?"
            ),
            arguments: [range.from, range.to]
        )
        var ids: [Int64] = []
        while let row = try rows.next() {
            if filter.isOfProvince(UInt8(row[1] as Int)) { ids.append(row[0]) }
        }
        return ids.sorted()
    }

    private func idsByLookingThrough() throws -> [Int64] {
        var ids: [Int64] = []
        let packed = try DirectRows(db, "SELECT page, numbers FROM plate_numbers ORDER BY page")
        while try packed.next() {
            let first = packed.integer(0) * Int64(PlatePages.platesPerPage) + 1
            unsafe packed.withBlob(1) {
                unsafe filter.look(through: $0, firstID: first, into: &ids)
            }
        }
        let new = try DirectRows(
            db,
            "SELECT id, number, province FROM plates WHERE id > ? ORDER BY id"
        )
        try new.ask(pages.countedPlate)
        while try new.next() {
            let entry = PlatePages.entry(number: new.text(1) ?? "", province: Int(new.integer(2)))
            unsafe entry.withUnsafeBytes {
                unsafe filter.look(through: $0, firstID: new.integer(0), into: &ids)
            }
        }
        return ids
    }

    private func countedReads(of ids: [Int64]) throws -> Int {
        var sum = 0
        let rows = try DirectRows(db, "SELECT reads FROM plate_reads WHERE page = ?")
        var index = 0
        while index < ids.count, ids[index] <= pages.countedPlate {
            let page = PlatePages.place(of: ids[index]).page
            try rows.ask(page)
            let isThere = try rows.next()
            let counts = isThere ? unsafe rows.withBlob(0) { unsafe PlateCounts(Array($0)) } : nil
            while index < ids.count, case let place = PlatePages.place(of: ids[index]),
                place.page == page
            {
                sum += counts?[place.index] ?? 0
                index += 1
            }
        }
        return sum
    }

    /// The records that are not in the counts yet: the newest few thousand.
    private func newReads(of ids: [Int64]) throws -> Int {
        guard !ids.isEmpty else { return 0 }
        let bits = PlateSet(ids: ids, reads: 0).bits
        var count = 0
        let rows = try DirectRows(db, "SELECT plate FROM records WHERE id > ?")
        try rows.ask(pages.countedRecord)
        while try rows.next() {
            let plate = Int(rows.integer(0))
            if plate / 8 < bits.count, bits[plate / 8] & 1 << UInt8(plate % 8) != 0 { count += 1 }
        }
        return count
    }
}
