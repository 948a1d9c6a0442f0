import GRDB

/// The distinct plates in packed form: five hundred per page, in the order of their ids.
///
/// A substring search scans half a million plates; as rows that takes SQLite 80 ms, as packed bytes a few. The table
/// also has the record count of each plate, so that a total is not counted record by record.
///
/// Both are updated every ``Limits/recordsPerPlateCount`` records rather than per record, so that a page is written
/// once for many of them. Readers cache what is newer (``SnapshotCache``).
struct PackedPlateTable {
    /// Plates per page: their counts take one or two pages of SQLite's.
    static let platesPerPage = 500

    /// The watermarks up to which the pages are complete.
    private(set) var marks: Watermarks
    /// Records from which on a plate is one of the ``HeavyHitterCounts``.
    private let frequentFrom: Int

    /// What a database says of itself.
    init(_ db: Database, limits: Limits = Limits()) throws {
        marks = try Watermarks(db)
        frequentFrom = limits.recordsPerFrequentPlate
    }

    /// The page of a plate and its index in it.
    static func place(of plate: Int64) -> (page: Int64, index: Int) {
        let (page, index) = (plate - 1).quotientAndRemainder(dividingBy: Int64(platesPerPage))
        return (page, Int(index))
    }

    /// Brings the pages up to date with all records up to an id, and with all plates.
    mutating func count(_ db: Database, to latestRecord: Int64) throws {
        try addNumbers(db)
        try add(db, to: latestRecord)
        marks.indexedThrough = latestRecord
        try marks.write(db)
    }

    private func add(_ db: Database, to latestRecord: Int64) throws {
        var passages: [UnindexedTail.PlateCameraPair: Int] = [:]
        let rows = try RawStatement(
            db,
            "SELECT plate, camera FROM records WHERE id > ?1 AND id <= ?2"
        )
        try rows.bind(marks.indexedThrough, latestRecord)
        while try rows.next() {
            let pair = UnindexedTail.PlateCameraPair(
                plate: rows.integer(0),
                camera: rows.integer(1)
            )
            passages[pair, default: 0] += 1
        }
        let frequent = HeavyHitterCounts(db)
        let known = try frequent.plates()
        let risen = try change(db, Self.byPlate(passages)).risen
        try frequent.change(passages, of: known.subtracting(risen))
        try frequent.begin(risen, upTo: latestRecord)
    }

    /// Subtracts deleted records, all of which must have been counted.
    func remove(_ db: Database, _ records: [UnindexedTail.PlateCameraPair]) throws {
        var passages: [UnindexedTail.PlateCameraPair: Int] = [:]
        for record in records { passages[record, default: 0] -= 1 }
        let frequent = HeavyHitterCounts(db)
        try frequent.change(passages, of: frequent.plates())
        try frequent.end(change(db, Self.byPlate(passages)).fallen)
    }

    private static func byPlate(
        _ passages: [UnindexedTail.PlateCameraPair: Int]
    ) -> [(plate: Int64, count: Int)] {
        var counts: [Int64: Int] = [:]
        for (pair, count) in passages { counts[pair.plate, default: 0] += count }
        return counts.map { ($0.key, $0.value) }.sorted { $0.plate < $1.plate }
    }

    /// Blanks the numbers of plates without records; `plates` in ascending order.
    mutating func purge(_ db: Database, plates: [Int64]) throws {
        guard !plates.isEmpty else { return }
        marks.purgeGeneration += 1
        try marks.write(db)
        let numbers = try Self.writing("plate_numbers", in: db)
        for (page, plates) in Self.byPage(plates.filter { $0 <= marks.countedPlate }, \.self) {
            guard let bytes = try Self.blob("plate_numbers", "numbers", page, in: db) else {
                continue
            }
            var entries = bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            for plate in plates { entries[Self.place(of: plate).index] = [Self.noProvince] }
            try Self.write(page, entries.flatMap { $0 + [0] }, by: numbers)
        }
    }

    // MARK: - Pages

    /// Adds to the counts; `changes` in ascending order of plates.
    ///
    /// Returns the plates that became frequent, and those that no longer are.
    private func change(
        _ db: Database,
        _ changes: [(plate: Int64, count: Int)]
    ) throws -> (risen: [Int64], fallen: [Int64]) {
        var risen: [Int64] = []
        var fallen: [Int64] = []
        let reads = try Self.writing("plate_reads", in: db)
        for (page, changes) in Self.byPage(changes, \.plate) {
            var counts = PlateCounts(try Self.blob("plate_reads", "reads", page, in: db) ?? [])
            for change in changes {
                let index = Self.place(of: change.plate).index
                let wasFrequent = counts[index] >= frequentFrom
                counts.add(change.count, at: index)
                let isFrequent = counts[index] >= frequentFrom
                if isFrequent && !wasFrequent { risen.append(change.plate) }
                if wasFrequent && !isFrequent { fallen.append(change.plate) }
            }
            try Self.write(page, counts.bytes, by: reads)
        }
        return (risen, fallen)
    }

    /// Appends the numbers of new plates, and an empty one for each unused id.
    private mutating func addNumbers(_ db: Database) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: "SELECT id, number, province FROM plates WHERE id > ? ORDER BY id"
            ),
            arguments: [marks.countedPlate]
        )
        var page: Int64 = -1
        var bytes: [UInt8] = []
        var pages: [(Int64, [UInt8])] = []
        while let row = try rows.next() {
            let id: Int64 = row[0]
            for each in (marks.countedPlate + 1)...id {
                let place = Self.place(of: each)
                if place.page != page {
                    if page >= 0 { pages.append((page, bytes)) }
                    page = place.page
                    bytes = try Self.blob("plate_numbers", "numbers", page, in: db) ?? []
                }
                bytes +=
                    each == id
                    ? Self.entry(number: row[1], province: row[2]) : [Self.noProvince, 0]
            }
            marks.countedPlate = id
        }
        if page >= 0 { pages.append((page, bytes)) }
        let numbers = try Self.writing("plate_numbers", in: db)
        for (page, bytes) in pages { try Self.write(page, bytes, by: numbers) }
    }

    /// A plate's entry: a byte for the province, the number in UTF-8, a byte 0.
    static func entry(number: String, province: Int) -> [UInt8] {
        [UInt8(province) + noProvince] + number.utf8 + [0]
    }

    /// The first byte of an entry without a province: not 0, which ends an entry.
    static let noProvince: UInt8 = 1

    private static func byPage<Element>(
        _ elements: [Element],
        _ plate: (Element) -> Int64
    ) -> [(Int64, ArraySlice<Element>)] {
        elements.chunked { place(of: plate($0)).page }
    }

    private static func blob(
        _ table: String,
        _ column: String,
        _ page: Int64,
        in db: Database
    ) throws -> [UInt8]? {
        let statement = try db.cachedStatement(sql: "SELECT \(column) FROM \(table) WHERE page = ?")
        let rows = try Row.fetchCursor(statement, arguments: [page])
        guard let row = try rows.next() else { return nil }
        return try row.withUnsafeData(atIndex: 0) { $0.map(Array.init) }
    }

    /// Compiled once for all pages of an update.
    private static func writing(_ table: String, in db: Database) throws -> RawStatement {
        try RawStatement(db, "INSERT OR REPLACE INTO \(table) VALUES (?, ?)")
    }

    private static func write(
        _ page: Int64,
        _ bytes: [UInt8],
        by statement: RawStatement
    ) throws {
        statement.bind(1, page)
        statement.bind(2, bytes: bytes)
        try statement.execute()
    }
}

extension Array {
    /// Chunks of neighbours with the same key, in order.
    fileprivate func chunked(by key: (Element) -> Int64) -> [(Int64, ArraySlice<Element>)] {
        var chunks: [(Int64, ArraySlice<Element>)] = []
        var start = startIndex
        while start < endIndex {
            let first = key(self[start])
            let end = self[start...].firstIndex { key($0) != first } ?? endIndex
            chunks.append((first, self[start..<end]))
            start = end
        }
        return chunks
    }
}
