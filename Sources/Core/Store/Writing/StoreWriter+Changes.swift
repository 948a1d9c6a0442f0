import GRDB

/// The list of changes of records: it outlives the event log, for copies of the records elsewhere.
extension StoreWriter {
    /// Lists the deletion of a single record.
    func noteDeletion(of record: Int64) throws {
        try note(.deleted, record...record)
    }

    /// Lists the correction of a record.
    func noteCorrection(of record: Int64) throws {
        try note(.corrected, record...record)
    }

    /// Lists the deletion of all records up to one, by retention.
    ///
    /// Their earlier changes are obsolete: one row stands for everything that retention ever deleted.
    func noteDeletion(through record: Int64) throws {
        try db.execute(sql: "DELETE FROM changes WHERE last <= ?", arguments: [record])
        try note(.deleted, 1...record)
    }

    private func note(_ kind: RecordChange.Kind, _ records: ClosedRange<Int64>) throws {
        try db.cachedStatement(
            sql: "INSERT INTO changes (at, kind, first, last) VALUES (?, ?, ?, ?)"
        )
        .execute(
            arguments: [now.milliseconds, kind.rawValue, records.lowerBound, records.upperBound]
        )
    }

    /// Prunes the changes before an instant; stores up to where, for later queries.
    func forgetChanges(before instant: Timestamp) throws {
        let last = try Int64.fetchOne(
            db,
            sql: "SELECT MAX(id) FROM changes WHERE at < ?",
            arguments: [instant.milliseconds]
        )
        guard let last else { return }
        try db.execute(sql: "DELETE FROM changes WHERE id <= ?", arguments: [last])
        try db.setMeta("changes_forgotten", "\(last)")
    }
}
