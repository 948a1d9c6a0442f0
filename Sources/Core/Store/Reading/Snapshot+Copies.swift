import Foundation
import GRDB

/// The queries of a copy of the records elsewhere: records in the order of their ids, and their changes since.
///
/// Its position is two numbers: the ids of the last record and of the last change that it has. From any position the
/// records after the one and the changes after the other, in whatever order they are queried, lead to the current
/// state.
extension Snapshot {
    /// Records after an id in the order of their ids, which is that of receipt, at most `limit`.
    public func recordCopies(after id: Int64, limit: Int) throws -> [RecordCopy] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT \(Record.columns), r.picture_digest FROM records r \(Record.joins)
                    WHERE r.id > ? ORDER BY r.id LIMIT ?
                    """
            ),
            arguments: [id, limit]
        )
        var copies: [RecordCopy] = []
        while let row = try rows.next() {
            copies.append(
                RecordCopy(
                    record: Record(row: row),
                    pictureDigest: (row["picture_digest"] as Data?).map { Array($0) }
                )
            )
        }
        return copies
    }

    /// The changes of records after a change, oldest first, at most `limit`.
    public func recordChanges(after id: Int64, limit: Int) throws -> RecordChangePage {
        let forgotten = try db.meta("changes_forgotten").flatMap { Int64($0) } ?? 0
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql:
                    "SELECT id, at, kind, first, last FROM changes WHERE id > ? ORDER BY id LIMIT ?"
            ),
            arguments: [id, limit]
        )
        return RecordChangePage(
            changes: rows.compactMap { row in
                RecordChange.Kind(rawValue: row[2]).map { kind in
                    RecordChange(
                        id: row[0],
                        at: Timestamp(milliseconds: row[1]),
                        kind: kind,
                        records: (row[3] as Int64)...(row[4] as Int64)
                    )
                }
            },
            isComplete: id >= forgotten
        )
    }

    /// The identity of the database.
    public func siteIdentity() throws -> SiteIdentity {
        SiteIdentity(
            id: try db.meta("site_id") ?? "",
            generation: try db.meta("generation") ?? ""
        )
    }
}
