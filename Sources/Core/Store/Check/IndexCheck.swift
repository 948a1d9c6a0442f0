import GRDB

/// Finds where the index by plate or by camera differs from the records, once the sums say that it does.
struct IndexDifferences {
    let run: CheckRun
    let kind: Finding.Kind
    let isPlate: Bool
    let sums: RowSums

    /// The number of buckets compared row by row; further ones are only reported as different.
    private static let bucketsMax = 64

    func report() throws {
        let differing = sums.differing
        guard !differing.isEmpty else { return }
        let buckets = Set(differing.prefix(Self.bucketsMax))
        var missing = try records(in: buckets)
        var count = max(0, differing.count - buckets.count)
        var example: String?
        let rows = try RawStatement(run.db, "\(Self.selection(isPlate: isPlate)) ORDER BY 1, 2, 3")
        defer { rows.rewind() }
        try rows.bind()
        while try rows.next() {
            let row = rows.indexRow
            guard row.id <= run.marks.indexedThrough, buckets.contains(sums.bucket(of: row.id)),
                missing.remove(row) == nil
            else { continue }
            count += 1
            example = example ?? "superfluous or wrong: record \(row.id)"
        }
        count += missing.count
        let first = missing.min { $0.id < $1.id }.map { "missing: record \($0.id)" }
        run.findings.add(kind, count: max(1, count), first ?? example ?? "")
    }

    private func records(in buckets: Set<Int>) throws -> Set<IndexRow> {
        let rows = try RawStatement(
            run.db,
            """
            SELECT \(isPlate ? "plate, seen, id, camera, -1" : "camera, seen, id, plate, IFNULL(percent, -1)")
            FROM records WHERE id <= ? ORDER BY id
            """
        )
        defer { rows.rewind() }
        try rows.bind(run.marks.indexedThrough)
        var found: Set<IndexRow> = []
        while try rows.next() {
            let row = rows.indexRow
            if buckets.contains(sums.bucket(of: row.id)) { found.insert(row) }
        }
        return found
    }

    static func selection(isPlate: Bool) -> String {
        isPlate
            ? "SELECT plate, seen, id, camera, -1 FROM plate_records"
            : "SELECT camera, seen, id, plate, IFNULL(percent, -1) FROM camera_records"
    }
}

extension RawStatement {
    /// Five columns as a row of an index.
    var indexRow: IndexRow {
        IndexRow(
            key: integer(0),
            seen: integer(1),
            id: integer(2),
            other: integer(3),
            percent: integer(4)
        )
    }
}

/// Looks for the record of an entry that was made before its record counts as entered: those are few.
struct EarlyEntries {
    private let find: RawStatement
    private let isPlate: Bool

    init(_ run: CheckRun, isPlate: Bool) throws {
        self.isPlate = isPlate
        find = try RawStatement(
            run.db,
            "SELECT plate, seen, id, camera, IFNULL(percent, -1) FROM records WHERE id = ?"
        )
    }

    func isRecord(_ row: IndexRow) throws -> Bool {
        try find.bind(row.id)
        defer { find.rewind() }
        guard try find.next() else { return false }
        let record = find.indexRow
        return record.seen == row.seen
            && (isPlate
                ? record.key == row.key && record.other == row.other
                : record.other == row.key && record.key == row.other
                    && record.percent == row.percent)
    }
}

/// The index by camera against the records.
enum CameraRecordsCheck {
    static func run(_ run: CheckRun) throws {
        let early = try EarlyEntries(run, isPlate: false)
        let rows = try RawStatement(run.db, IndexDifferences.selection(isPlate: false))
        defer { rows.rewind() }
        try rows.bind()
        while try rows.next() {
            let row = rows.indexRow
            if row.id <= run.marks.indexedThrough {
                run.cameraSums.subtract(row)
            } else if try !early.isRecord(row) {
                run.findings.add(.cameraIndex, "superfluous or wrong: record \(row.id)")
            }
        }
        try IndexDifferences(run: run, kind: .cameraIndex, isPlate: false, sums: run.cameraSums)
            .report()
    }
}
