import GRDB

/// The plates that match a filter, and the number of their records.
struct PlateSet {
    /// The ids, ascending.
    let ids: [Int64]
    /// The number of their records.
    let reads: Int

    /// A bit for each plate from id 0 on, tested by `lpr_holds`.
    var bits: [UInt8] {
        guard let last = ids.last else { return [] }
        var bits = [UInt8](repeating: 0, count: Int(last / 8) + 1)
        for id in ids { bits[Int(id / 8)] |= 1 << UInt8(id % 8) }
        return bits
    }

    /// A membership test for many plates.
    var membership: (Int64) -> Bool {
        if ids.count == 1 { return { [id = ids[0]] in $0 == id } }
        return { [bits] plate in
            let plate = Int(plate)
            return plate / 8 < bits.count && bits[plate / 8] & 1 << UInt8(plate % 8) != 0
        }
    }

    /// `[1,2,3]`, for `json_each`.
    var json: String { PlateSet.json(ids) }

    /// Ids as a JSON array for `json_each`.
    static func json(_ ids: [Int64]) -> String {
        "[" + ids.lazy.map(String.init).joined(separator: ",") + "]"
    }
}

/// Finds plates by the index of numbers if possible, else by scanning all of them (``PackedNumbers``).
///
/// SAFETY: the bytes of a page of counts belong to SQLite until the statement's next step, and are read before it.
struct PlateSearch {
    private let snapshot: Snapshot
    private let db: Database
    private let filter: PlateMatcher
    private let marks: Watermarks

    init(_ filter: RecordQuery.PlateFilter, in snapshot: Snapshot) throws {
        self.snapshot = snapshot
        db = snapshot.db
        self.filter = PlateMatcher(filter)
        marks = try Watermarks(db)
    }

    /// All matching plates.
    func plates() throws -> PlateSet {
        let ids = try filter.range.map(idsByIndex) ?? idsByLookingThrough()
        guard !ids.isEmpty else { return PlateSet(ids: [], reads: 0) }
        let holds = PlateSet(ids: ids, reads: 0).membership
        let unindexed = try snapshot.unindexedRecords(marks).count { holds($0.plate) }
        return PlateSet(ids: ids, reads: try countedReads(of: ids) + unindexed)
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
        for page in try snapshot.cache.numbers(marks, in: db).pages {
            filter.look(through: page, into: &ids)
        }
        return ids
    }

    private func countedReads(of ids: [Int64]) throws -> Int {
        var sum = 0
        let rows = try RawStatement(db, "SELECT reads FROM plate_reads WHERE page = ?")
        var index = 0
        while index < ids.count, ids[index] <= marks.countedPlate {
            let page = PackedPlateTable.place(of: ids[index]).page
            let first = index
            while index < ids.count, PackedPlateTable.place(of: ids[index]).page == page {
                index += 1
            }
            try rows.bind(page)
            guard try rows.next() else { continue }
            unsafe rows.withBlob(0) { bytes in
                for id in ids[first..<index] {
                    sum += unsafe PlateCounts.count(
                        at: PackedPlateTable.place(of: id).index,
                        in: bytes
                    )
                }
            }
        }
        return sum
    }
}
