import GRDB

/// Cache of all plate numbers, as packed by ``PackedPlateTable``.
///
/// A commit invalidates a reader's whole page cache, so that each search would read some thousand pages again.
///
/// The cache may have plates that an older snapshot does not have, which does no harm: they have no record there. But
/// it is valid only within one ``Watermarks/purgeGeneration``.
///
/// SAFETY: a page's bytes belong to SQLite until the statement's next step, and are copied before it.
struct PackedNumbers: Sendable {
    /// One page of plates.
    struct Page: Sendable {
        /// The id of the first plate.
        let firstID: Int64
        /// The entries (``PackedPlateTable/entry(number:province:)``).
        private(set) var bytes: [UInt8] = []
        /// The length of each entry; two bytes each, for half a million plates.
        private(set) var lengths: [UInt16] = []

        /// An empty page.
        init(firstID: Int64) { self.firstID = firstID }

        /// A page from its packed bytes.
        init(firstID: Int64, packed: [UInt8]) {
            self.firstID = firstID
            bytes = packed
            lengths.reserveCapacity(PackedPlateTable.platesPerPage)
            var start = 0
            for (place, byte) in packed.enumerated() where byte == 0 {
                lengths.append(UInt16(clamping: place + 1 - start))
                start = place + 1
            }
        }

        /// The number of entries.
        var count: Int { lengths.count }

        mutating func append(_ entry: some Collection<UInt8>) {
            bytes += entry
            lengths.append(UInt16(entry.count))
        }
    }

    /// The purge generation for which it is valid.
    let purgeGeneration: Int64
    private(set) var pages: [Page] = []

    init(purgeGeneration: Int64) { self.purgeGeneration = purgeGeneration }

    /// The id of the last cached plate.
    var last: Int64 {
        guard let page = pages.last else { return 0 }
        return page.firstID + Int64(page.count) - 1
    }

    /// Reads the plates of a snapshot that are not cached yet; returns whether there were any.
    mutating func extend(_ marks: Watermarks, in db: Database) throws -> Bool {
        let known = last
        if known < marks.countedPlate { try db.readOnce { try extendByPages(db) } }
        let new = try RawStatement(
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
        let rows = try RawStatement(
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
