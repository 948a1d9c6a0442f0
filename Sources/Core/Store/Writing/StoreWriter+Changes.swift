import GRDB

/// The list of what became of records: it outlives the event log, for copies of the records elsewhere.
extension StoreWriter {
    /// Notes that a record was deleted, by itself.
    func noteDeletion(of record: Int64) throws {
        try note(.deleted, record...record)
    }

    /// Notes that what a record says has changed.
    func noteCorrection(of record: Int64) throws {
        try note(.corrected, record...record)
    }

    /// Notes that all records up to one were deleted, as retention does.
    ///
    /// What was noted of them before says nothing more: one row stands for all that retention ever deleted.
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

    /// Forgets what was noted before an instant; notes up to where, for those who ask for it later.
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
