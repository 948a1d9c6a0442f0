import GRDB

/// The numbers of all plates in memory, as ``PackedPlateTable`` packs them.
///
/// A commit takes every page of the database from a reader's cache, so that each search would read some
/// thousand pages anew.
///
/// It holds more plates than an older state of the database knows, which does no harm: they have no record
/// there. But it is good only for states between two purgeGeneration (``Watermarks/purgeGeneration``).
///
/// SAFETY: a page's bytes belong to SQLite until the statement's next step, and are copied before it.
struct PackedNumbers: Sendable {
    /// Some plates, one after the other.
    struct Page: Sendable {
        /// The id of the first entry.
        let firstID: Int64
        /// Their entries (``PackedPlateTable/entry(number:province:)``).
        private(set) var bytes: [UInt8] = []
        /// Where each entry begins, and where the last one ends.
        private(set) var starts: [UInt32] = [0]

        /// An empty one.
        init(firstID: Int64) { self.firstID = firstID }

        /// The entries of a packed page.
        init(firstID: Int64, packed: [UInt8]) {
            self.firstID = firstID
            bytes = packed
            starts.reserveCapacity(PackedPlateTable.platesPerPage + 1)
            for (place, byte) in packed.enumerated() where byte == 0 {
                starts.append(UInt32(place + 1))
            }
        }

        /// How many entries there are.
        var count: Int { starts.count - 1 }

        mutating func append(_ entry: some Collection<UInt8>) {
            bytes += entry
            starts.append(UInt32(bytes.count))
        }
    }

    /// Which forgetting it comes after.
    let purgeGeneration: Int64
    private(set) var pages: [Page] = []

    init(purgeGeneration: Int64) { self.purgeGeneration = purgeGeneration }

    /// The id of the last plate that is known.
    var last: Int64 {
        guard let page = pages.last else { return 0 }
        return page.firstID + Int64(page.count) - 1
    }

    /// Reads the plates that it does not know yet of a state of the database; returns whether there were
    /// any.
    mutating func extend(_ marks: Watermarks, in db: Database) throws -> Bool {
        let known = last
        if known < marks.countedPlate { try db.readOnce { try extendByPages(db) } }
        let new = try RawCursor(
            db,
            "SELECT id, number, province FROM plates WHERE id > ? ORDER BY id"
        )
        try new.bind(last)
        while try new.next() {
            while last < new.integer(0) - 1 { append([PackedPlateTable.noProvince, 0]) }
            append(PackedPlateTable.entry(number: new.text(1) ?? "", province: Int(new.integer(2))))
        }
        return last > known
    }

    private mutating func extendByPages(_ db: Database) throws {
        let rows = try RawCursor(
            db,
            "SELECT page, numbers FROM plate_numbers WHERE page >= ? ORDER BY page"
        )
        // The last page may have grown.
        try rows.bind(PackedPlateTable.place(of: last + 1).page)
        while try rows.next() {
            let firstID = rows.integer(0) * Int64(PackedPlateTable.platesPerPage) + 1
            if pages.last?.firstID == firstID { pages.removeLast() }
            pages.append(Page(firstID: firstID, packed: rows.bytes(1)))
        }
    }

    private mutating func append(_ entry: [UInt8]) {
        let firstID =
            PackedPlateTable.place(of: last + 1).page * Int64(PackedPlateTable.platesPerPage) + 1
        if pages.last?.firstID != firstID { pages.append(Page(firstID: firstID)) }
        pages[pages.count - 1].append(entry)
    }
}
