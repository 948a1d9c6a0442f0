import GRDB

/// A quick check: work that does not grow with the records, so that each start can afford it.
struct SampleCheck {
    private let run: CheckRun
    private let pictures: PictureFiles?
    private let dedup: (salt: [UInt8], buckets: DedupBuckets, cursor: FlushCursor)?

    /// The newest records, and as many others that are drawn at random.
    private static let recordsMax = 200

    init(_ run: CheckRun, pictures: PictureFiles?) throws {
        self.run = run
        self.pictures = pictures
        dedup = try DedupVisitor.parts(run.db)
    }

    // MARK: - Sums

    /// Compares the sums of counters with one another.
    static func sums(_ run: CheckRun) throws {
        let cameras = try sum(run.db, "cameras")
        let days = try sum(run.db, "days")
        if cameras != days {
            run.findings.add(
                .cameraCounters,
                "cameras have \(cameras.reads) reads and days \(days.reads)"
            )
        }
        let newest = try Row.fetchAll(
            run.db,
            sql: "SELECT day, reads, hits FROM days ORDER BY day DESC LIMIT 7"
        )
        for row in newest {
            let day: Int = row[0]
            let hours = try sum(run.db, "hours WHERE day = \(day)")
            guard hours != Statistics.Count(reads: row[1], hits: row[2]) else { continue }
            run.findings.add(.hours, "\(Day(daysSinceEpoch: day)): \(hours.reads) reads")
        }
        try plateSum(run, total: cameras.reads)
        try blacklistSum(run)
    }

    private static func sum(_ db: Database, _ source: String) throws -> Statistics.Count {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT IFNULL(SUM(reads), 0), IFNULL(SUM(hits), 0) FROM \(source)"
        )
        return Statistics.Count(reads: row?[0] ?? 0, hits: row?[1] ?? 0)
    }

    private static func plateSum(_ run: CheckRun, total: Int) throws {
        let most = Int64(4 * run.limits.recordsPerPlateCount + run.limits.batchReadsMax)
        guard run.marks.latestRecord - run.marks.indexedThrough <= most else { return }
        let waiting = try Int.fetchOne(
            run.db,
            sql: "SELECT COUNT(*) FROM records WHERE id > ?",
            arguments: [run.marks.indexedThrough]
        )
        let pages = try RawStatement(run.db, "SELECT reads FROM plate_reads")
        defer { pages.rewind() }
        try pages.bind()
        var counted = 0
        while try pages.next() { counted += PlateCounts(pages.bytes(0)).sum }
        guard counted + (waiting ?? 0) != total else { return }
        run.findings.add(
            .plateCounts,
            "plates have \(counted) records, \(waiting ?? 0) wait, cameras have \(total)"
        )
    }

    private static func blacklistSum(_ run: CheckRun) throws {
        func sum(_ kind: BlacklistCount) throws -> Int {
            try Int.fetchOne(
                run.db,
                sql: "SELECT IFNULL(SUM(entries), 0) FROM blacklist_counts WHERE kind = ?",
                arguments: [kind.rawValue]
            ) ?? 0
        }
        let (all, added) = (try sum(.all), try sum(.added))
        guard all != added else { return }
        run.findings.add(.blacklistCounts, "\(all) entries, \(added) by the minute")
    }

    // MARK: - Records

    func lookAtRecords() throws {
        let ids = try ids()
        for id in ids { try look(at: id) }
    }

    private func ids() throws -> Set<Int64> {
        var ids = Set(
            try Int64.fetchAll(
                run.db,
                sql: "SELECT id FROM records ORDER BY id DESC LIMIT \(Self.recordsMax)"
            )
        )
        guard let last = ids.max(),
            let first = try Int64.fetchOne(run.db, sql: "SELECT MIN(id) FROM records")
        else { return [] }
        for _ in 0..<Self.recordsMax {
            let id = try Int64.fetchOne(
                run.db.cachedStatement(
                    sql: "SELECT id FROM records WHERE id >= ? ORDER BY id LIMIT 1"
                ),
                arguments: [Int64.random(in: first...last)]
            )
            if let id { ids.insert(id) }
        }
        return ids
    }

    private func look(at id: Int64) throws {
        let row = try Row.fetchOne(
            run.db.cachedStatement(
                sql: """
                    SELECT camera, plate, hit, event_id, picture,
                        EXISTS (SELECT 1 FROM plate_records i WHERE i.plate = r.plate
                            AND i.seen = r.seen AND i.id = r.id AND i.camera = r.camera),
                        EXISTS (SELECT 1 FROM camera_records i WHERE i.camera = r.camera
                            AND i.seen = r.seen AND i.id = r.id AND i.plate = r.plate
                            AND i.percent IS r.percent),
                        EXISTS (SELECT 1 FROM alerts a WHERE a.record = r.id),
                        EXISTS (SELECT 1 FROM plates p WHERE p.id = r.plate)
                    FROM records r WHERE id = ?
                    """
            ),
            arguments: [id]
        )
        guard let row else { return }
        let example = "record \(id)"
        if id <= run.marks.indexedThrough {
            if !(row[5] as Bool) { run.findings.add(.plateIndex, example) }
            if !(row[6] as Bool) { run.findings.add(.cameraIndex, example) }
        }
        if (row[2] as Int > 0) != (row[7] as Bool) { run.findings.add(.alerts, example) }
        if !(row[8] as Bool) { run.findings.add(.references, example) }
        if let event = row[3] as PackedEventID? {
            try look(for: event, camera: row[0], record: id)
        }
        if let picture = row[4] as String?, let pictures, !pictures.exists(picture) {
            run.findings.add(.pictureMissing, "\(example): \(picture)")
        }
    }

    private func look(for event: PackedEventID, camera: Int64, record: Int64) throws {
        guard let dedup, record <= dedup.cursor.entered else { return }
        let hash = DedupHash(camera: camera, event, salt: dedup.salt)
        let segment = dedup.buckets.segment(of: record)
        if try !dedup.buckets.records(hash, segment: segment).contains(record) {
            run.findings.add(.dedupMissing, "record \(record)")
        }
    }
}
