import GRDB

extension StoreWriter {
    /// Those of some pictures' paths that records have, of all records.
    ///
    /// Goes back from the newest record until each is found. One that no record has costs a walk through all of them,
    /// which only a crash's pictures do.
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

    /// When the newest record was received; nil where there is none.
    func latestReceipt() throws -> Timestamp? {
        Timestamp(
            try Int64.fetchOne(
                db,
                sql: "SELECT seen + delay FROM records ORDER BY id DESC LIMIT 1"
            )
        )
    }

    /// The last judgement on pictures without a record that this database made; nil where it made none.
    func judgementOfPictures() throws -> String? { try db.meta("pictures_judgement") }

    /// Notes the judgement on pictures without a record.
    func setJudgementOfPictures(_ judgement: String) throws {
        try db.setMeta("pictures_judgement", judgement)
    }
}
