import GRDB

/// Reads the table rows of records in bulk.
///
/// Valid only as long as its snapshot, one at a time, and only on its thread.
///
/// Names of cameras and locations are cached, not joined per record: there are few, and four tree lookups per row
/// took a third of a full build's time. Plates are many, and every third read is of a plate that a cache would not
/// have.
final class RecordRowReader: RowReader {
    private let one: RawStatement
    private let stretch: RawStatement
    private let cameras: KnownTexts
    private let places: KnownTexts

    private static let columns = """
        r.id, r.seen, r.camera, COALESCE(r.spelling, p.text), r.place, r.confidence, r.hit, r.claimed, r.picture,
        CASE WHEN r.hit > 0 THEN (SELECT reason FROM alerts WHERE record = r.id) END,
        CASE WHEN r.hit > 0 THEN \(Record.listedPlate) END,
        r.delay > \(Record.delayOfLateMilliseconds),
        r.warnings IS NOT NULL AND instr(r.warnings, '"code":"\(Warning.damaged)"')
        """
    private static let tables = "records r CROSS JOIN plates p ON p.id = r.plate"

    init(_ db: Database) throws {
        one = try RawStatement(
            db,
            "SELECT \(RecordRowReader.columns) FROM \(RecordRowReader.tables) WHERE r.id = ?1"
        )
        stretch = try RawStatement(
            db,
            """
            SELECT \(RecordRowReader.columns) FROM \(RecordRowReader.tables)
            WHERE r.seen >= ?1 AND r.seen <= ?3 AND (r.seen > ?1 OR r.id >= ?2)
                AND (r.seen < ?3 OR r.id <= ?4)
            ORDER BY r.seen, r.id
            """
        )
        cameras = try KnownTexts(db, "SELECT name FROM cameras WHERE id = ?1")
        places = try KnownTexts(db, "SELECT text FROM places WHERE id = ?1")
    }

    /// The row of a record; nil if there is none.
    public func row(of id: Int64) throws -> RecordRow? {
        try one.bind(id)
        defer { one.rewind() }
        return try one.next() ? row(one) : nil
    }

    /// The rows of all records between two positions, oldest first.
    public func rows(from first: SortKey, through last: SortKey) throws -> [RecordRow] {
        try stretch.bind(first.seen.milliseconds, first.id, last.seen.milliseconds, last.id)
        defer { stretch.rewind() }
        var rows: [RecordRow] = []
        while try stretch.next() { rows.append(try row(stretch)) }
        return rows
    }

    private func row(_ rows: RawStatement) throws -> RecordRow {
        RecordRow(
            id: rows.integer(0),
            cameraID: try cameras.text(of: rows.integer(2)) ?? "",
            plateText: rows.text(3) ?? "",
            confidence: rows.isNull(5) ? nil : Confidence(kept: rows.double(5)),
            seenAt: Timestamp(milliseconds: rows.integer(1)),
            claimedTime: rows.isNull(7) ? nil : Timestamp(milliseconds: rows.integer(7)),
            picturePath: rows.text(8),
            locationText: rows.isNull(4) ? nil : try places.text(of: rows.integer(4)),
            match: BlacklistMatch(hitCode: Int(rows.integer(6))),
            matchReason: rows.text(9),
            listedPlate: rows.text(10),
            isLate: rows.integer(11) != 0,
            isDamaged: rows.integer(12) != 0
        )
    }
}

/// Cache of texts by row id, in one snapshot.
private final class KnownTexts {
    private let rows: RawStatement
    private var texts: [Int64: String?] = [:]

    /// The number of texts beyond which the cache is cleared: few sites have as many cameras.
    private static let textsMax = 4_096

    /// `sql` asks for the text of the row with an id.
    init(_ db: Database, _ sql: String) throws { rows = try RawStatement(db, sql) }

    /// The text of a row; nil if it has none or does not exist.
    func text(of id: Int64) throws -> String? {
        if let known = texts[id] { return known }
        try rows.bind(id)
        defer { rows.rewind() }
        let text = try rows.next() ? rows.text(0) : nil
        if texts.count >= KnownTexts.textsMax { texts = [:] }
        texts[id] = .some(text)
        return text
    }
}
