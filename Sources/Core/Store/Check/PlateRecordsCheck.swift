import GRDB

/// The index by plate against the records; and, in the same order, the plates that it names, their packed counts and
/// those of the frequent ones.
final class PlateRecordsCheck {
    private let run: CheckRun
    private let early: EarlyEntries
    private let rows: RawStatement
    private var counts: PlateCountsCheck
    private var plates: RawStatement
    private var isAtPlate = false

    init(_ run: CheckRun) throws {
        self.run = run
        early = try EarlyEntries(run, isPlate: true)
        rows = try RawStatement(
            run.db,
            IndexDifferences.selection(isPlate: true) + " ORDER BY plate, seen, id"
        )
        plates = try RawStatement(run.db, "SELECT id FROM plates ORDER BY id")
        counts = try PlateCountsCheck(run)
    }

    func compare() throws {
        try plates.bind()
        isAtPlate = try plates.next()
        try rows.bind()
        var plate: Int64?
        while try rows.next() {
            let row = rows.indexRow
            if row.key != plate {
                try counts.endPlate()
                plate = row.key
                try counts.begin(plate: row.key)
                try expectPlate(row)
            }
            if row.id <= run.marks.indexedThrough {
                run.plateSums.subtract(row)
                counts.count(camera: row.other)
            } else if try !early.isRecord(row) {
                run.findings.add(.plateIndex, "superfluous or wrong: record \(row.id)")
            }
        }
        try counts.endPlate()
        try counts.finish()
        rows.rewind()
        plates.rewind()
        try IndexDifferences(run: run, kind: .plateIndex, isPlate: true, sums: run.plateSums)
            .report()
    }

    private func expectPlate(_ row: IndexRow) throws {
        while isAtPlate, plates.integer(0) < row.key { isAtPlate = try plates.next() }
        guard isAtPlate, plates.integer(0) == row.key else {
            return run.findings.add(.references, "record \(row.id) names plate \(row.key)")
        }
    }
}

/// Packed counts of plates (``PlateCounts``, ``HeavyHitterCounts``) against those that the index by plate says, plate by
/// plate in ascending order.
struct PlateCountsCheck {
    private let run: CheckRun
    private let pages: RawStatement
    private let frequent: RawStatement
    private var isAtPage: Bool
    private var isAtFrequent: Bool
    private var page: Int64 = 0
    private var expected = [Int](repeating: 0, count: PackedPlateTable.platesPerPage)
    private var plate: Int64?
    private var cameras: [Int64: Int] = [:]
    private var total = 0

    init(_ run: CheckRun) throws {
        self.run = run
        pages = try RawStatement(run.db, "SELECT page, reads FROM plate_reads ORDER BY page")
        frequent = try RawStatement(
            run.db,
            "SELECT plate, reads FROM \(HeavyHitterCounts.table) ORDER BY plate"
        )
        try pages.bind()
        try frequent.bind()
        isAtPage = try pages.next()
        isAtFrequent = try frequent.next()
    }

    mutating func begin(plate: Int64) throws {
        self.plate = plate
        (cameras, total) = ([:], 0)
    }

    mutating func count(camera: Int64) {
        total += 1
        cameras[camera, default: 0] += 1
    }

    mutating func endPlate() throws {
        guard let plate else { return }
        self.plate = nil
        try skipFrequent(before: plate)
        let isKept = isAtFrequent && frequent.integer(0) == plate
        if isKept || total >= run.limits.recordsPerFrequentPlate {
            let kept = isKept ? PlateCounts(frequent.bytes(1)) : PlateCounts([])
            if total < run.limits.recordsPerFrequentPlate || !isWhole(kept)
                || kept.sum != total
                || cameras.contains(where: { !(0..<1 << 32).contains($0) || kept[Int($0)] != $1 })
            {
                run.findings.add(.frequentPlates, "plate \(plate)")
            }
            if isKept { isAtFrequent = try frequent.next() }
        }
        // A number that no plate can have is reported where the plate is looked for.
        guard plate > 0 else { return }
        let place = PackedPlateTable.place(of: plate)
        try endPages(before: place.page)
        expected[place.index] = total
    }

    mutating func finish() throws {
        try endPages(before: .max)
        try skipFrequent(before: .max)
        pages.rewind()
        frequent.rewind()
    }

    private func isWhole(_ counts: PlateCounts) -> Bool { counts.bytes.count.isMultiple(of: 4) }

    private mutating func skipFrequent(before plate: Int64) throws {
        while isAtFrequent, frequent.integer(0) < plate {
            run.findings.add(.frequentPlates, "plate \(frequent.integer(0))")
            isAtFrequent = try frequent.next()
        }
    }

    /// Compares the page that was counted, and those up to another one.
    private mutating func endPages(before next: Int64) throws {
        guard page < next else { return }
        while isAtPage, pages.integer(0) < next {
            let kept = pages.integer(0)
            if kept > page { endPage(PlateCounts([])) }
            if kept >= page {
                page = kept
                endPage(PlateCounts(pages.bytes(1)))
                page = kept + 1
            } else {
                run.findings.add(.plateCounts, "page \(kept)")
            }
            isAtPage = try pages.next()
        }
        endPage(PlateCounts([]))
        page = next
    }

    private mutating func endPage(_ kept: PlateCounts) {
        if !isWhole(kept) || kept.bytes.count > PackedPlateTable.platesPerPage * 4 {
            run.findings.add(.plateCounts, "page \(page) is not whole")
        }
        for index in expected.indices where kept[index] != expected[index] {
            let plate = page * Int64(PackedPlateTable.platesPerPage) + Int64(index) + 1
            run.findings.add(
                .plateCounts,
                "plate \(plate): \(kept[index]) instead of \(expected[index])"
            )
        }
        expected = [Int](repeating: 0, count: PackedPlateTable.platesPerPage)
    }
}
