import Foundation
import GRDB

/// The deduplication index against the records, segment by segment: each event id that counts as entered stands in its
/// bucket and in its filter, and nothing stands there that belongs to another record.
///
/// Takes 9 bytes for each record of one segment. Entries of records that were deleted stay and do no harm.
final class DedupVisitor: RecordVisitor {
    private let run: CheckRun
    /// Nil if the database has lost what the index needs, which ``MarkCheck`` reports.
    private let parts: (salt: [UInt8], buckets: DedupBuckets, cursor: FlushCursor)?
    private var segment: Int64?
    private var firstRecord: Int64 = 0
    private var hashes: [UInt64] = []
    private var isFound: [Bool] = []
    private var checkedThrough: Int64 = -1

    private static let none = UInt64.max

    init(_ run: CheckRun) throws {
        self.run = run
        parts = try Self.parts(run.db)
    }

    static func parts(
        _ db: Database
    ) throws -> (salt: [UInt8], buckets: DedupBuckets, cursor: FlushCursor)? {
        guard let salt = try db.meta(DedupIndex.saltKey), let cursor = try FlushCursor(db),
            let buckets = try? DedupBuckets(db)
        else { return nil }
        return (Array(salt.utf8), buckets, cursor)
    }

    func visit(_ record: RecordScan.Row) throws {
        guard let parts, record.id >= 0 else { return }
        let id = record.id
        if parts.buckets.segment(of: id) != segment {
            try endSegment()
            segment = parts.buckets.segment(of: id)
            firstRecord = parts.buckets.lastRecord(ofSegment: parts.buckets.segment(of: id) - 1) + 1
        }
        let place = Int(id - firstRecord)
        while hashes.count <= place { hashes.append(Self.none) }
        guard record.hasEventID else { return }
        let (bytes, isPacked) = record.eventID
        let hash = DedupHash(
            camera: record.camera,
            isPacked: isPacked,
            bytes: bytes,
            salt: parts.salt
        )
        hashes[place] = hash.value
        if id > parts.cursor.entered { addOutsideBuckets(hash, record: id) }
    }

    private func addOutsideBuckets(_ hash: DedupHash, record: Int64) {
        guard run.eventsOutsideBuckets.count < CheckRun.eventsOutsideBucketsMax else { return }
        run.eventsOutsideBuckets.append(DedupEntry(hash: hash, record: record))
    }

    func finish() throws {
        try endSegment()
        guard let parts else { return }
        let broken = try Row.fetchOne(
            run.db,
            sql: """
                SELECT COUNT(*), MIN(id) FROM \(DedupBuckets.table)
                WHERE length(entries) % \(DedupBuckets.entryBytes) <> 0 OR typeof(entries) <> 'blob'
                """
        )
        if let broken, broken[0] as Int > 0 {
            run.findings.add(.dedupRows, count: broken[0], "row \(broken[1] as Int64)")
        }
        let next = DedupBuckets.firstRow(
            ofSegment: parts.buckets.segment(of: run.marks.latestRecord) + 1
        )
        let foreign = try Int.fetchOne(
            run.db,
            sql: "SELECT COUNT(*) FROM \(DedupBuckets.table) WHERE id >= ? OR id < 0",
            arguments: [next]
        )
        if let foreign, foreign > 0 {
            run.findings.add(.dedupForeign, count: foreign, "rows of records that were never there")
        }
    }

    private func endSegment() throws {
        guard let segment, let parts else { return }
        defer { (hashes, isFound, self.segment) = ([], [], nil) }
        isFound = [Bool](repeating: false, count: hashes.count)
        var hasEntries = false
        try parts.buckets.forEach(run.db, ofSegment: segment) { entry in
            hasEntries = true
            take(entry)
        }
        for place in hashes.indices where hashes[place] != Self.none && !isFound[place] {
            let id = firstRecord + Int64(place)
            guard id <= parts.cursor.entered else { continue }
            run.findings.add(.dedupMissing, "record \(id)")
            addOutsideBuckets(DedupHash(value: hashes[place]), record: id)
        }
        try checkFilter(
            of: segment,
            isWanted: hasEntries && segment < parts.buckets.segment(of: parts.cursor.entered + 1)
        )
    }

    private func take(_ entry: DedupEntry) {
        guard entry.record <= run.marks.latestRecord else {
            return run.findings.add(.dedupForeign, "record \(entry.record)")
        }
        let place = Int(entry.record - firstRecord)
        // Of a record that was deleted, or that has no event id.
        guard hashes.indices.contains(place), hashes[place] != Self.none else { return }
        if hashes[place] != entry.hash.value || isFound[place] {
            run.findings.add(.dedupForeign, "record \(entry.record)")
        } else {
            isFound[place] = true
        }
    }

    private func checkFilter(of segment: Int64, isWanted: Bool) throws {
        var filter = DedupBloomFilters()
        filter.setSegments([segment])
        let rows = try RawStatement(
            run.db,
            "SELECT part, bits FROM \(DedupBloomFilters.table) WHERE run = ? ORDER BY part"
        )
        defer { rows.rewind() }
        try rows.bind(segment)
        var (partCount, wrongCount) = (0, 0)
        while try rows.next() {
            let isTaken = filter.restore(
                segment: segment,
                part: Int(rows.integer(0)),
                from: rows.bytes(1)
            )
            if isTaken { partCount += 1 } else { wrongCount += 1 }
        }
        guard partCount == DedupBloomFilters.parts, wrongCount == 0 else {
            if isWanted || partCount + wrongCount > 0 {
                run.findings.add(.dedupFilters, "segment \(segment) has \(partCount) parts")
            }
            return
        }
        // A filter that misses a stored event id lets each duplicate become a record.
        for place in hashes.indices where hashes[place] != Self.none {
            let hash = DedupHash(value: hashes[place])
            guard isFound[place], filter.segments(thatMayHold: hash).isEmpty else { continue }
            run.findings.add(
                .dedupFilters,
                "segment \(segment) rules out record \(firstRecord + Int64(place))"
            )
            return
        }
    }
}

/// Finds records with the same camera and event id: they have the same hash, so that they stand in the same bucket of
/// their segments, or are known to be outside of it.
enum DuplicateCheck {
    static func run(_ run: CheckRun) throws {
        guard let parts = try DedupVisitor.parts(run.db) else { return }
        let firstBits = DedupHash.buckets - 1
        let rows = try Row.fetchCursor(
            run.db,
            sql: """
                SELECT DISTINCT id & \(firstBits) AS bucket, id >> \(DedupHash.bucketBits) AS run
                FROM \(DedupBuckets.table) WHERE id >= 0 ORDER BY bucket, run
                """
        )
        var outside = run.eventsOutsideBuckets.sorted { $0.hash.value < $1.hash.value }[...]
        var bucket: Int64 = -1
        var entries: [DedupEntry] = []
        while let row = try rows.next() {
            if row[0] != bucket {
                try compare(entries, run)
                bucket = row[0]
                entries = []
                // Those of buckets of which nothing is entered, too.
                while let first = outside.first, first.hash.bucket <= bucket {
                    entries.append(outside.removeFirst())
                }
            }
            entries += try parts.buckets.entries(
                inRow: DedupBuckets.firstRow(ofSegment: row[1]) | bucket
            )
        }
        try compare(entries + outside, run)
    }

    private static func compare(_ entries: [DedupEntry], _ run: CheckRun) throws {
        let sorted = entries.sorted {
            ($0.hash.value, $0.record) < ($1.hash.value, $1.record)
        }
        for (one, next) in zip(sorted, sorted.dropFirst())
        where one.hash == next.hash && one.record != next.record {
            let isDuplicate = try Bool.fetchOne(
                run.db.cachedStatement(
                    sql: """
                        SELECT EXISTS (SELECT 1 FROM records a JOIN records b
                            ON b.camera = a.camera AND b.event_id = a.event_id
                            WHERE a.id = ? AND b.id = ?)
                        """
                ),
                arguments: [one.record, next.record]
            )
            guard isDuplicate == true else { continue }
            run.findings.add(.duplicates, "record \(next.record) repeats record \(one.record)")
        }
    }
}
