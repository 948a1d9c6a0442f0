import GRDB

/// The entered hashes of event ids on disk: of each run of records 8,192 buckets, each a row of `event_buckets`.
///
/// An entry takes six bytes, the lowest first: 28 bits of the hash, of which the bucket tells the others, above 20 bits
/// of the record's place in its run. A bucket of a whole run has 128 of them, which fill a page of the database.
/// They are in no order.
///
/// SAFETY: a row's bytes belong to SQLite until the statement is reset, and are read before it.
struct EventBuckets {
    typealias Entry = WaitingEvents.Entry

    private static let entryBytes = 6
    private static let placeBits: UInt64 = 20

    /// The most records that a run may have: their places take 20 bits.
    static let recordsPerRunMax = Int64(1) << Int64(placeBits)

    let recordsPerRun: Int64
    private let find: HotStatement
    private let add: HotStatement

    init(_ db: Database, recordsPerRun: Int64) throws {
        self.recordsPerRun = recordsPerRun
        find = try HotStatement(db, "SELECT entries FROM event_buckets WHERE id = ?")
        add = try HotStatement(
            db,
            """
            INSERT INTO event_buckets VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET entries = CAST(entries || ?2 AS BLOB)
            """
        )
    }

    /// The run of a record.
    func run(of record: Int64) -> Int64 { record / recordsPerRun }

    /// The row in which an entry stands.
    func row(_ entry: Entry) -> Int64 { row(entry.hash, run: run(of: entry.record)) }

    /// The first row of a run; its others follow.
    static func firstRow(ofRun run: Int64) -> Int64 { run << Int64(EventHash.bucketBits) }

    private func row(_ hash: EventHash, run: Int64) -> Int64 {
        EventBuckets.firstRow(ofRun: run) | Int64(hash.bucket)
    }

    /// The records of a run whose event id has a hash.
    func records(_ hash: EventHash, run: Int64) throws -> [Int64] {
        find.bind(1, row(hash, run: run))
        return try find.row { found in
            unsafe found.withBlob(0) { bytes in
                var records: [Int64] = []
                for start in unsafe EventBuckets.starts(bytes) {
                    let bits = unsafe EventBuckets.bits(bytes, at: start)
                    guard bits >> EventBuckets.placeBits == hash.rest else { continue }
                    records.append(record(bits, run: run))
                }
                return records
            }
        } ?? []
    }

    /// All that stands in a row.
    func entries(inRow row: Int64) throws -> [Entry] {
        find.bind(1, row)
        return try find.row { found in
            unsafe found.withBlob(0) { unsafe entries($0, row: row) }
        } ?? []
    }

    /// Adds to the row in which all of some entries stand.
    func add(_ entries: ArraySlice<Entry>) throws {
        guard let first = entries.first else { return }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * EventBuckets.entryBytes)
        for entry in entries {
            let place = UInt64(entry.record % recordsPerRun)
            let bits = entry.hash.rest << EventBuckets.placeBits | place
            for byte in 0..<EventBuckets.entryBytes {
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * byte)))
            }
        }
        add.bind(1, row(first))
        add.bind(2, bytes: bytes)
        try add.run()
    }

    /// Hands over the entries of all rows from one on.
    func forEach(_ db: Database, from row: Int64, _ body: (Entry) -> Void) throws {
        let rows = try DirectRows(db, "SELECT id, entries FROM event_buckets WHERE id >= ?")
        try rows.ask(row)
        while try rows.next() {
            let row = rows.integer(0)
            unsafe rows.withBlob(1) { unsafe entries($0, row: row).forEach(body) }
        }
    }

    /// Removes rows before one, some at a time, so that no commit takes long.
    func remove(_ db: Database, before row: Int64) throws {
        try db.execute(
            sql: """
                DELETE FROM event_buckets WHERE id IN
                (SELECT id FROM event_buckets WHERE id < ? ORDER BY id LIMIT 1000)
                """,
            arguments: [row]
        )
    }

    private func entries(_ bytes: UnsafeRawBufferPointer, row: Int64) -> [Entry] {
        let (run, bucket) = (
            row >> Int64(EventHash.bucketBits), UInt64(row) & UInt64(EventHash.buckets - 1)
        )
        let high = bucket << UInt64(EventHash.restBits)
        return unsafe EventBuckets.starts(bytes).map { start in
            let bits = unsafe EventBuckets.bits(bytes, at: start)
            return Entry(
                hash: EventHash(value: high | bits >> EventBuckets.placeBits),
                record: record(bits, run: run)
            )
        }
    }

    private func record(_ bits: UInt64, run: Int64) -> Int64 {
        run * recordsPerRun + Int64(bits & (1 << EventBuckets.placeBits - 1))
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
