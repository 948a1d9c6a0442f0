import GRDB

/// The database's metadata and the watermarks of its indexes.
enum MarkCheck {
    static func run(_ run: CheckRun) throws {
        try notes(run)
        try watermarks(run)
        if let cursor = try FlushCursor(run.db) { flushCursor(cursor, run) }
    }

    private static func notes(_ run: CheckRun) throws {
        let hasRecords = try Bool.fetchOne(run.db, sql: "SELECT EXISTS (SELECT 1 FROM records)")
        for key in Watermarks.keys {
            guard let text = try run.db.meta(key) else {
                if hasRecords == true { run.findings.add(.notes, "“\(key)” is missing") }
                continue
            }
            if Int64(text).map({ $0 < 0 }) ?? true {
                run.findings.add(.notes, "“\(key)” is “\(text)”")
            }
        }
        if try FlushCursor(run.db) == nil {
            run.findings.add(.notes, "how far event ids are entered is missing or broken")
        }
        if try run.db.meta(DedupIndex.saltKey)?.isEmpty ?? true {
            run.findings.add(.notes, "the salt of the deduplication index is missing")
        }
        do {
            _ = try DedupBuckets(run.db)
        } catch let refusal as Refusal {
            run.findings.add(.notes, refusal.message)
        }
    }

    private static func watermarks(_ run: CheckRun) throws {
        let marks = run.marks
        let last = try Int64.fetchOne(run.db, sql: "SELECT MAX(id) FROM records") ?? 0
        // Ids may not be reused: the newest read's record may be deleted already.
        let told =
            try Int64.fetchOne(
                run.db,
                sql: "SELECT subject FROM events WHERE kind = ? ORDER BY id DESC LIMIT 1",
                arguments: [Event.Kind.read.code]
            ) ?? 0
        if max(last, told) > marks.latestRecord {
            run.findings.add(
                .watermarks,
                "record \(max(last, told)) is newer than the last id that was given, \(marks.latestRecord)"
            )
        }
        if marks.indexedThrough > max(marks.latestRecord, last) {
            run.findings.add(
                .watermarks,
                "records up to \(marks.indexedThrough) are said to be indexed, the last is"
                    + " \(marks.latestRecord)"
            )
        }
        let waiting = marks.latestRecord - marks.indexedThrough
        let most = Int64(4 * run.limits.recordsPerPlateCount + run.limits.batchReadsMax)
        if waiting > most {
            run.findings.add(.watermarks, "\(waiting) records wait for their indexes")
        }
    }

    private static func flushCursor(_ cursor: FlushCursor, _ run: CheckRun) {
        let isRight =
            0 <= cursor.entered && cursor.entered <= cursor.latestBefore
            && cursor.latestBefore <= run.marks.latestRecord
            && (0..<DedupMemtable.groupCount).contains(cursor.nextGroup)
        if !isRight {
            run.findings.add(
                .watermarks,
                "event ids are entered up to \(cursor.entered), of \(cursor.latestBefore), from"
                    + " group \(cursor.nextGroup) on"
            )
        }
    }
}

/// SQLite's integrity check: pages, the order of rows, and indexes against their tables.
enum SQLiteCheck {
    static func run(_ run: CheckRun) throws {
        let lines = try String.fetchCursor(run.db, sql: "PRAGMA integrity_check")
        while let line = try lines.next() {
            if line == "ok" { continue }
            // Two rows with the same key are in the table, not only in its index.
            let isOfIndex =
                line.contains(" index ") && !line.contains("ree ") && !line.contains("non-unique")
            run.findings.add(isOfIndex ? .sqliteIndexes : .databaseFile, line)
        }
    }
}

/// Tables that are small, or that SQL compares well.
enum TableCheck {
    static func run(_ run: CheckRun) throws {
        try blacklistCounts(run)
        try references(run)
        try eventLog(run)
    }

    private static func blacklistCounts(_ run: CheckRun) throws {
        let kept = "SELECT kind, minute, entries FROM blacklist_counts WHERE entries <> 0"
        let counted = "SELECT * FROM (\(BlacklistCount.counted)) WHERE entries <> 0"
        let differing = """
            SELECT COUNT(*), MIN(kind), MIN(minute) FROM (
                SELECT kind, minute FROM (\(kept) EXCEPT \(counted))
                UNION SELECT * FROM (SELECT kind, minute FROM (
                    SELECT 0 AS kind, 0 AS minute, 0 AS entries WHERE 0
                    UNION ALL SELECT * FROM (\(counted) EXCEPT \(kept))))
            )
            """
        guard let row = try Row.fetchOne(run.db, sql: differing), row[0] as Int > 0 else { return }
        run.findings.add(
            .blacklistCounts,
            count: row[0],
            "kind \(row[1] as Int), minute \(row[2] as Int)"
        )
    }

    /// The foreign keys.
    private static let references = [
        ("hours", "camera", "cameras"), ("places", "camera", "cameras"),
        ("detections", "camera", "cameras"), ("health_reports", "camera", "cameras"),
        ("refusals", "camera", "cameras"), ("deleted_reads", "camera", "cameras"),
        ("events", "camera", "cameras"), ("alerts", "entry", "blacklist"),
        ("pictures", "record", "records"), ("sessions", "person", "people"),
        ("recovery_codes", "person", "people"),
    ]

    private static func references(_ run: CheckRun) throws {
        for (table, column, target) in references {
            let row = try Row.fetchOne(
                run.db,
                sql: """
                    SELECT COUNT(*), MIN(t.\(column)) FROM \(table) t
                    WHERE t.\(column) IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM \(target) WHERE id = t.\(column))
                    """
            )
            guard let row, row[0] as Int > 0 else { continue }
            run.findings.add(
                .references,
                count: row[0],
                "\(table) names \(column) \(row[1] as Int64)"
            )
        }
    }

    private static func eventLog(_ run: CheckRun) throws {
        let codes = Event.Kind.allCases.map { "\($0.code)" }.joined(separator: ",")
        let row = try Row.fetchOne(
            run.db,
            sql: """
                SELECT COUNT(*), IFNULL(MIN(id), 0), IFNULL(MAX(id), -1),
                    IFNULL(SUM(kind NOT IN (\(codes))), 0) FROM events
                """
        )
        guard let row else { return }
        let (count, first, last): (Int64, Int64, Int64) = (row[0], row[1], row[2])
        if last - first + 1 != count {
            run.findings.add(
                .eventLog,
                count: Int(last - first + 1 - count),
                "\(count) events from \(first) to \(last)"
            )
        }
        if row[3] as Int > 0 {
            run.findings.add(.eventLog, count: row[3], "an unknown kind of event")
        }
    }
}
