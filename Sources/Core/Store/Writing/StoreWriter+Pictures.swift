import GRDB

extension StoreWriter {
    /// Returns which of the given picture paths have a record, among all records.
    ///
    /// Scans backwards from the newest record until each is found. A path without a record costs a full scan, which
    /// only pictures of a crash do.
    func picturesKept(among paths: [String]) throws -> Set<String> {
        let array = "[" + paths.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        let cursor = try String.fetchCursor(
            db,
            sql: """
                SELECT picture FROM records WHERE picture IN (SELECT value FROM json_each(?))
                ORDER BY id DESC
                """,
            arguments: [array]
        )
        var kept: Set<String> = []
        while kept.count < paths.count, let path = try cursor.next() { kept.insert(path) }
        return kept
    }

    /// When the newest record was received; nil if there is none.
    func latestReceipt() throws -> Timestamp? {
        Timestamp(
            try Int64.fetchOne(
                db,
                sql: "SELECT seen + delay FROM records ORDER BY id DESC LIMIT 1"
            )
        )
    }

    /// The last judgement of this database on pictures without a record; nil if there is none.
    func judgementOfPictures() throws -> String? { try db.meta("pictures_judgement") }

    /// Stores the judgement on pictures without a record.
    func setJudgementOfPictures(_ judgement: String) throws {
        try db.setMeta("pictures_judgement", judgement)
    }
}
