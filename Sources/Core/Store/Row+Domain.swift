import GRDB

extension Record {
    /// The columns that ``init(row:)`` reads.
    static let columns = """
        r.id, c.name AS camera_name, r.seen, r.seen + r.delay, r.claimed, r.confidence, r.hit,
        r.spelling, o.text, o.latitude, o.longitude, r.picture, r.event_id, r.details,
        p.number, p.province, p.text,
        CASE WHEN r.hit > 0 THEN (SELECT reason FROM alerts WHERE record = r.id) END AS hit_reason,
        r.warnings, CASE WHEN r.hit > 0 THEN \(listedPlate) END,
        CASE WHEN r.picture IS NOT NULL THEN
            (SELECT group_concat(subject || ' ' || path, ' ') FROM pictures WHERE record = r.id) END
        """

    /// The number of ``columns``: what else a row has begins behind them.
    static let columnCount = 21

    /// The text of the entry that a record `r` matched.
    static let listedPlate = """
        (SELECT b.text FROM alerts a JOIN blacklist b ON b.id = a.entry WHERE a.record = r.id)
        """

    /// The tables that ``columns`` come from.
    static let joins = """
        CROSS JOIN cameras c ON c.id = r.camera CROSS JOIN plates p ON p.id = r.plate
        LEFT JOIN places o ON o.id = r.place
        """

    /// Reads ``columns``, the first of which is at index `first`.
    ///
    /// By index: looking up each column by its name cost more than SQLite's work for the row.
    init(row: Row, first: Int = 0) {
        let spelling: String? = row[first + 7]
        let confidence: Double? = row[first + 5]
        let hit: Int = row[first + 6]
        self.init(
            id: row[first],
            cameraID: row[first + 1],
            plate: Plate(
                text: spelling ?? row[first + 16],
                number: row[first + 14],
                province: Province(code: row[first + 15])
            ),
            confidence: confidence.map(Confidence.init(kept:)),
            seenAt: Timestamp(milliseconds: row[first + 2]),
            receivedAt: Timestamp(milliseconds: row[first + 3]),
            claimedTime: Timestamp(row[first + 4] as Int64?),
            picturePath: row[first + 11],
            pictures: KeptPicture.all(row[first + 20], main: row[first + 11]),
            location: Location(
                keptText: row[first + 8],
                latitude: row[first + 9],
                longitude: row[first + 10]
            ),
            match: BlacklistMatch(hitCode: hit),
            matchReason: row[first + 17],
            listedPlate: row[first + 19],
            eventID: (row[first + 12] as PackedEventID?)?.text,
            details: row[first + 13],
            warnings: row[first + 18]
        )
    }

    /// Reads all records of a cursor, without copying each row.
    static func all(_ rows: RowCursor) throws -> [Record] {
        var records: [Record] = []
        while let row = try rows.next() { records.append(Record(row: row)) }
        return records
    }
}

extension PictureSubject {
    /// How the table of pictures writes it down.
    ///
    /// Never renumbered.
    var code: Int {
        switch self {
        case .image: 0
        case .scene: 1
        case .vehicle: 2
        case .plate: 3
        }
    }

    init?(code: Int) {
        guard let subject = PictureSubject.allCases.first(where: { $0.code == code }) else {
            return nil
        }
        self = subject
    }
}

extension KeptPicture {
    /// All pictures of a record: those whose subjects are known, as codes and paths in turn, and the main one.
    fileprivate static func all(_ known: String?, main: String?) -> [KeptPicture] {
        guard let known else { return [] }
        let words = known.split(separator: " ")
        var pictures: [KeptPicture] = []
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            guard let code = Int(words[index]), let subject = PictureSubject(code: code) else {
                continue
            }
            pictures.append(KeptPicture(subject, String(words[index + 1])))
        }
        if let main, !pictures.contains(where: { $0.path == main }) {
            pictures.append(KeptPicture(.image, main))
        }
        return pictures.sorted { $0.subject.code < $1.subject.code }
    }
}

extension Database {
    /// The file of a record's picture of a subject; nil if it has none.
    ///
    /// `image` is the main picture, unless it is known what that shows.
    func picturePath(of subject: PictureSubject, record id: Int64) throws -> String? {
        if subject == .image {
            return try String.fetchOne(
                self,
                sql: """
                    SELECT picture FROM records WHERE id = ?1 AND picture IS NOT NULL
                        AND picture NOT IN (SELECT path FROM pictures WHERE record = ?1)
                    """,
                arguments: [id]
            )
        }
        return try String.fetchOne(
            self,
            sql: "SELECT path FROM pictures WHERE record = ? AND subject = ?",
            arguments: [id, subject.code]
        )
    }
}

extension Timestamp {
    /// A nullable column.
    init?(_ milliseconds: Int64?) {
        guard let milliseconds else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

extension BlacklistMatch {
    /// The code in a record's `hit` column: 0 none, 1 certain, 2 possible.
    var hitCode: Int { self == .certain ? 1 : 2 }

    init?(hitCode: Int) {
        switch hitCode {
        case 1: self = .certain
        case 2: self = .possible
        default: return nil
        }
    }
}

extension BlacklistEntry {
    init(row: Row) {
        let expiry: String? = row["expiry"]
        let expires = Timestamp(row["expires"] as Int64?)
        self.init(
            id: row["id"],
            plate: Plate(
                text: row["text"],
                number: row["number"],
                province: Province(code: row["province"])
            ),
            reason: row["reason"],
            addedBy: row["added_by"],
            expiry: expiry.flatMap { text in
                expires.map { Expiry(keptText: text, instant: $0) }
            },
            notes: row["notes"],
            isActive: row["active"],
            createdAt: Timestamp(milliseconds: row["created"]),
            updatedAt: Timestamp(milliseconds: row["updated"]),
            removedBy: row["removed_by"]
        )
    }
}

extension CameraRefusal {
    /// Nil if the camera has none.
    fileprivate init?(row: Row) {
        guard let code: String = row["refusal_code"] else { return nil }
        self.init(
            code: code,
            field: row["refusal_field"],
            message: row["refusal_message"],
            at: Timestamp(milliseconds: row["refusal_at"]),
            count: row["refusal_count"]
        )
    }
}

extension Camera {
    /// The query for ``init(row:)``; "today" is the stored current day.
    static let selection = """
        SELECT c.*, f.code AS refusal_code, f.field AS refusal_field, f.message AS refusal_message,
            f.at AS refusal_at, f.count AS refusal_count,
            (SELECT SUM(count) FROM refusals WHERE camera = c.id AND day =
                (SELECT CAST(julianday(value) - 2440587.5 AS INTEGER) FROM meta WHERE key = 'today')
            ) AS refused_today
        FROM cameras c LEFT JOIN refusals f ON f.camera = c.id AND (f.day, f.code) =
            (SELECT day, code FROM refusals WHERE camera = c.id ORDER BY day DESC, at DESC, code LIMIT 1)
        """

    init(row: Row) {
        self.init(
            number: row["id"],
            id: row["name"],
            checkpointID: row["checkpoint"],
            location: Location(
                keptText: row["location"],
                latitude: row["latitude"],
                longitude: row["longitude"]
            ),
            isConnected: row["connected"],
            firstHeardAt: Timestamp(milliseconds: row["first_heard"]),
            lastHeardAt: Timestamp(milliseconds: row["last_heard"]),
            lastReadAt: Timestamp(row["last_read"] as Int64?),
            reads: row["reads"],
            hits: row["hits"],
            healthStatus: row["health"],
            refusedToday: row["refused_today"] ?? 0,
            lastRefusal: CameraRefusal(row: row),
            clockOffsetMilliseconds: row["clock_offset"],
            clockMeasuredAt: Timestamp(row["clock_measured"] as Int64?)
        )
    }
}
