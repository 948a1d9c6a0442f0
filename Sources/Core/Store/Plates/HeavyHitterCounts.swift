import GRDB

/// Record counts per camera of the most frequent plates; updated with ``PackedPlateTable``.
///
/// For other plates, one camera's records are counted in the plate's index, which for half a million entries takes 25
/// ms. Few plates have that many: counts for the others would be most of the rows and save nothing.
///
/// SAFETY: the bytes of a row belong to SQLite until the statement's next step, and are read before it.
struct HeavyHitterCounts {
    /// The table.
    static let table = "heavy_hitters"

    private let db: Database

    init(_ db: Database) { self.db = db }

    /// The counted records of some frequent plates.
    struct Reads {
        /// Which of the given plates are frequent, ascending.
        var plates: [Int64] = []
        /// Their records of the camera.
        var ofCamera = 0
        /// Their records of all cameras.
        var ofAll = 0
    }

    /// The counts of a camera; `ids` in ascending order.
    func reads(of ids: [Int64], camera: Int64) throws -> Reads {
        var reads = Reads()
        guard let first = ids.first, let last = ids.last else { return reads }
        let rows = try RawStatement(
            db,
            "SELECT plate, reads FROM heavy_hitters WHERE plate BETWEEN ?1 AND ?2 ORDER BY plate"
        )
        try rows.bind(first, last)
        var index = 0
        while try rows.next() {
            let plate = rows.integer(0)
            while ids[index] < plate { index += 1 }
            guard ids[index] == plate else { continue }
            reads.plates.append(plate)
            let counts = PlateCounts(unsafe rows.withBlob(1) { unsafe Array($0) })
            reads.ofCamera += counts[Int(camera)]
            reads.ofAll += counts.sum
        }
        return reads
    }

    /// All frequent plates.
    func plates() throws -> Set<Int64> {
        try Set(Int64.fetchCursor(db.cachedStatement(sql: "SELECT plate FROM heavy_hitters")))
    }

    /// Adds to the counts of frequent plates; negative numbers subtract.
    func change(_ passages: [UnindexedTail.PlateCameraPair: Int], of plates: Set<Int64>) throws {
        var changes: [Int64: [(camera: Int64, count: Int)]] = [:]
        for (pair, count) in passages where plates.contains(pair.plate) {
            changes[pair.plate, default: []].append((pair.camera, count))
        }
        let writing = try writing()
        for (plate, changes) in changes {
            let bytes = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT reads FROM heavy_hitters WHERE plate = ?"),
                arguments: [plate]
            )?.withUnsafeData(atIndex: 0) { $0.map(Array.init) }
            guard let bytes else { continue }
            var counts = PlateCounts(bytes)
            for change in changes { counts.add(change.count, at: Int(change.camera)) }
            try write(plate, counts, by: writing)
        }
    }

    /// Starts counting newly frequent plates, from all their records up to an id.
    func begin(_ plates: [Int64], upTo latestRecord: Int64) throws {
        guard !plates.isEmpty else { return }
        let rows = try RawStatement(
            db,
            """
            SELECT camera, COUNT(*) FROM plate_records
            WHERE plate = ?1 AND id <= ?2 GROUP BY camera
            """
        )
        let writing = try writing()
        for plate in plates {
            var counts = PlateCounts([])
            try rows.bind(plate, latestRecord)
            while try rows.next() { counts.add(Int(rows.integer(1)), at: Int(rows.integer(0))) }
            try write(plate, counts, by: writing)
        }
    }

    /// Plates that are no longer frequent are not counted any more.
    func end(_ plates: [Int64]) throws {
        for plate in plates {
            try db.execute(sql: "DELETE FROM heavy_hitters WHERE plate = ?", arguments: [plate])
        }
    }

    private func writing() throws -> RawStatement {
        try RawStatement(db, "INSERT OR REPLACE INTO heavy_hitters VALUES (?, ?)")
    }

    private func write(
        _ plate: Int64,
        _ counts: PlateCounts,
        by statement: RawStatement
    ) throws {
        statement.bind(1, plate)
        statement.bind(2, bytes: counts.bytes)
        try statement.execute()
    }
}
