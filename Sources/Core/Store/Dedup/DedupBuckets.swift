import GRDB

/// The entered hashes of event ids on disk: of each segment of records 8,192 buckets, each a row of `dedup_buckets`.
///
/// An entry takes six bytes, the lowest first: 28 bits of the hash, of which the bucket tells the others, above 20 bits
/// of the record's place in its segment. A bucket of a whole segment has 128 of them, which fill a page of a new database.
/// They are in no order.
///
/// SAFETY: a row's bytes belong to SQLite until the statement's next step, and are read before it.
struct DedupBuckets {
    /// The table.
    static let table = "dedup_buckets"
    /// Bytes per entry.
    static let entryBytes = 6
    private static let placeBits: UInt64 = 20

    /// Records of a segment in a new database, the most that there may be: their places take 20 bits.
    static let recordsPerNewSegment = Int64(1) << Int64(placeBits)

    /// Where the database notes how many it has.
    static let recordsPerSegmentKey = "dedup_records_per_run"

    private let recordsPerSegment: Int64
    private let find: RawStatement
    private let add: RawStatement

    /// The buckets of a database, which says how many records its segments have.
    ///
    /// Throws `DatabaseError`, and ``Refusal`` `.storage` where it does not say so.
    init(_ db: Database) throws {
        guard let records = try DedupBuckets.recordsPerSegment(db) else {
            throw Refusal(
                .storage,
                "the metadata of the dedup index is missing (\(DedupBuckets.recordsPerSegmentKey));"
                    + " stop the service and run `lprserver reindex`",
                code: DedupIndex.metadataMissingCode
            )
        }
        recordsPerSegment = records
        find = try RawStatement(db, "SELECT entries FROM dedup_buckets WHERE id = ?")
        add = try RawStatement(
            db,
            """
            INSERT INTO dedup_buckets VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET entries = CAST(entries || ?2 AS BLOB)
            """
        )
    }

    /// What the database says; nil if it says nothing that may be.
    static func recordsPerSegment(_ db: Database) throws -> Int64? {
        let records = try db.meta(recordsPerSegmentKey).flatMap { Int64($0) }
        return records.flatMap { (1...recordsPerNewSegment).contains($0) ? $0 : nil }
    }

    /// The segment of a record.
    func segment(of record: Int64) -> Int64 { record / recordsPerSegment }

    /// The last record that a segment may have.
    func lastRecord(ofSegment segment: Int64) -> Int64 { (segment + 1) * recordsPerSegment - 1 }

    /// The segment of a row.
    static func segment(ofRow row: Int64) -> Int64 { row >> Int64(DedupHash.bucketBits) }

    /// The first row of a segment; its others follow.
    static func firstRow(ofSegment segment: Int64) -> Int64 {
        segment << Int64(DedupHash.bucketBits)
    }

    private func row(_ hash: DedupHash, segment: Int64) -> Int64 {
        DedupBuckets.firstRow(ofSegment: segment) | Int64(hash.bucket)
    }

    /// Some entries by the rows in which they stand, in the order of these.
    func byRow(_ entries: [DedupEntry]) -> [(row: Int64, entries: [DedupEntry])] {
        let rows = entries.map { (row: row($0.hash, segment: segment(of: $0.record)), entry: $0) }
            .sorted { $0.row < $1.row }
        var groups: [(row: Int64, entries: [DedupEntry])] = []
        for (row, entry) in rows {
            if groups.last?.row != row { groups.append((row, [])) }
            groups[groups.count - 1].entries.append(entry)
        }
        return groups
    }

    /// The records of a segment whose event id has a hash.
    func records(_ hash: DedupHash, segment: Int64) throws -> [Int64] {
        unsafe try withBytes(ofRow: row(hash, segment: segment)) { bytes in
            var records: [Int64] = []
            for start in unsafe DedupBuckets.starts(bytes) {
                let bits = unsafe DedupBuckets.bits(bytes, at: start)
                guard bits >> DedupBuckets.placeBits == hash.rest else { continue }
                records.append(record(bits, segment: segment))
            }
            return records
        }
    }

    /// All that stands in a row.
    func entries(inRow row: Int64) throws -> [DedupEntry] {
        unsafe try withBytes(ofRow: row) { unsafe entries($0, row: row) }
    }

    /// What `body` makes of a row; nothing where there is none.
    private func withBytes<T>(
        ofRow row: Int64,
        _ body: (UnsafeRawBufferPointer) -> [T]
    ) throws -> [T] {
        try find.bind(row)
        defer { find.rewind() }
        return try find.next() ? unsafe find.withBlob(0, body) : []
    }

    /// Adds entries to the row in which they stand.
    func add(_ entries: [DedupEntry], toRow row: Int64) throws {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * DedupBuckets.entryBytes)
        for entry in entries {
            let place = UInt64(entry.record % recordsPerSegment)
            let bits = entry.hash.rest << DedupBuckets.placeBits | place
            bytes.append(bits, bytes: DedupBuckets.entryBytes)
        }
        add.bind(1, row)
        add.bind(2, bytes: bytes)
        try add.execute()
    }

    /// The segments from one on of which something is entered, in ascending order.
    func segments(_ db: Database, from first: Int64) throws -> [Int64] {
        let next = try RawStatement(
            db,
            "SELECT id FROM dedup_buckets WHERE id >= ? ORDER BY id LIMIT 1"
        )
        var segments: [Int64] = []
        try next.bind(DedupBuckets.firstRow(ofSegment: first))
        while try next.next() {
            let segment = DedupBuckets.segment(ofRow: next.integer(0))
            segments.append(segment)
            try next.bind(DedupBuckets.firstRow(ofSegment: segment + 1))
        }
        return segments
    }

    /// Hands over all entries of a segment.
    func forEach(_ db: Database, ofSegment segment: Int64, _ body: (DedupEntry) -> Void) throws {
        let rows = try RawStatement(
            db,
            "SELECT id, entries FROM dedup_buckets WHERE id >= ? AND id < ?"
        )
        try rows.bind(
            DedupBuckets.firstRow(ofSegment: segment),
            DedupBuckets.firstRow(ofSegment: segment + 1)
        )
        while try rows.next() {
            let row = rows.integer(0)
            unsafe rows.withBlob(1) { unsafe entries($0, row: row).forEach(body) }
        }
    }

    /// Removes rows before one, some at a time, so that no commit takes long.
    func remove(_ db: Database, before row: Int64) throws {
        try db.execute(
            sql: """
                DELETE FROM dedup_buckets WHERE id IN
                (SELECT id FROM dedup_buckets WHERE id < ? ORDER BY id LIMIT 1000)
                """,
            arguments: [row]
        )
    }

    private func entries(_ bytes: UnsafeRawBufferPointer, row: Int64) -> [DedupEntry] {
        let segment = DedupBuckets.segment(ofRow: row)
        let high =
            UInt64(row - DedupBuckets.firstRow(ofSegment: segment)) << UInt64(DedupHash.restBits)
        return unsafe DedupBuckets.starts(bytes).map { start in
            let bits = unsafe DedupBuckets.bits(bytes, at: start)
            return DedupEntry(
                hash: DedupHash(value: high | bits >> DedupBuckets.placeBits),
                record: record(bits, segment: segment)
            )
        }
    }

    private func record(_ bits: UInt64, segment: Int64) -> Int64 {
        segment * recordsPerSegment + Int64(bits & (1 << DedupBuckets.placeBits - 1))
    }

    private static func starts(_ bytes: UnsafeRawBufferPointer) -> StrideTo<Int> {
        stride(from: 0, to: bytes.count - entryBytes + 1, by: entryBytes)
    }

    private static func bits(_ bytes: UnsafeRawBufferPointer, at start: Int) -> UInt64 {
        let low = unsafe bytes.loadUnaligned(fromByteOffset: start, as: UInt16.self)
        let high = unsafe bytes.loadUnaligned(fromByteOffset: start + 2, as: UInt32.self)
        return UInt64(UInt32(littleEndian: high)) << 16 | UInt64(UInt16(littleEndian: low))
    }
}
