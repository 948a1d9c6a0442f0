import Foundation
import GRDB

/// What the writer does with the table `audit`: it appends entries, and removes the oldest.
struct AuditTable {
    private let db: Database

    init(_ db: Database) { self.db = db }

    /// Appends an entry, whose digest follows the newest one's.
    ///
    /// It follows the digest in `meta` and not the last row's: so entries that were removed from the end are missed by
    /// every later check, too.
    func append(_ event: AuditEvent, at instant: Timestamp) throws {
        let head = try head()
        try db.cachedStatement(
            sql: """
                INSERT INTO audit (at, principal, who, role, address, action, subject, detail,
                    outcome, code, count, purpose)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        .execute(arguments: AuditTable.arguments(event, at: instant))
        let id = db.lastInsertedRowID
        let digest = try digest(ofEntry: id, after: head.digest)
        try note(AuditMark(id: id, digest: digest))
    }

    private static func arguments(
        _ event: AuditEvent,
        at instant: Timestamp
    ) -> StatementArguments {
        let actor = event.actor
        return [
            instant.milliseconds, actor.id, actor.name, actor.role, actor.address, event.action,
            event.subject, event.detail, event.outcome.rawValue, event.code, event.count,
            actor.purpose,
        ]
    }

    /// Computes and stores the digest of an entry.
    private func digest(ofEntry id: Int64, after previous: [UInt8]) throws -> [UInt8] {
        let columns = AuditChain.columns.joined(separator: ", ")
        // As SQLite stored it: what is checked later is what is read from there.
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(columns) FROM audit WHERE id = ?"),
            arguments: [id]
        )
        let digest = AuditChain.digest(after: previous, row.map { Array($0.databaseValues) } ?? [])
        try db.cachedStatement(sql: "UPDATE audit SET digest = ? WHERE id = ?")
            .execute(arguments: [Data(digest), id])
        return digest
    }

    private func note(_ head: AuditMark) throws {
        try db.setMeta(AuditChain.headKey, head.text)
    }

    /// The newest entry's mark; begins the chain in a database that has entries without digests.
    ///
    /// Where the note is broken the chain goes on from the beginning's digest, which fits nothing: a check says so.
    private func head() throws -> AuditMark {
        let text = try db.meta(AuditChain.headKey)
        if text == AuditChain.unbegun { return try begin() }
        return text.flatMap(AuditMark.init(text:)) ?? .none
    }

    /// Gives digests to the entries of a database from before there was a chain.
    private func begin() throws -> AuditMark {
        var head = AuditMark.none
        for id in try Int64.fetchAll(db, sql: "SELECT id FROM audit ORDER BY id") {
            head = AuditMark(id: id, digest: try digest(ofEntry: id, after: head.digest))
        }
        try note(head)
        return head
    }

    // MARK: - Retention

    /// The action of retention's own entries.
    static let cleanUp = "audit.clean_up"

    /// The last of the oldest entries that were all made before an instant; nil if the oldest was not.
    private func lastOld(before instant: Timestamp) throws -> AuditMark? {
        let kept = try Int64.fetchOne(
            db,
            sql: "SELECT id FROM audit WHERE at >= ? ORDER BY id LIMIT 1",
            arguments: [instant.milliseconds]
        )
        let row = try Row.fetchOne(
            db,
            sql: "SELECT id, digest FROM audit WHERE id < ? ORDER BY id DESC LIMIT 1",
            arguments: [kept ?? .max]
        )
        guard let row, let digest = row["digest"] as Data? else { return nil }
        return AuditMark(id: row["id"], digest: Array(digest))
    }

    /// Notes in the audit which of its entries are going to be removed; returns the last of them.
    ///
    /// Before any is removed, so that a check knows by the chain itself what retention has removed.
    func beginRemoval(before instant: Timestamp, at now: Timestamp) throws -> Int64? {
        // A chain that has not begun has no digest to go on from.
        _ = try head()
        guard let last = try lastOld(before: instant) else { return nil }
        let first = try Int64.fetchOne(db, sql: "SELECT MIN(id) FROM audit") ?? last.id
        try append(
            AuditEvent(
                .system,
                AuditTable.cleanUp,
                subject: "\(first)-\(last.id)",
                detail: last.text
            ),
            at: now
        )
        return last.id
    }

    /// Removes the oldest entries up to one, at most `limit`; returns how many.
    func removeOldest(through last: Int64, limit: Int) throws -> Int {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT id, digest FROM (SELECT id, digest FROM audit WHERE id <= ?
                    ORDER BY id LIMIT ?) ORDER BY id DESC LIMIT 1
                """,
            arguments: [last, limit]
        )
        guard let row, let digest = row["digest"] as Data? else { return 0 }
        let anchor = AuditMark(id: row["id"], digest: Array(digest))
        try db.execute(sql: "DELETE FROM audit WHERE id <= ?", arguments: [anchor.id])
        let count = db.changesCount
        try db.setMeta(AuditChain.anchorKey, anchor.text)
        return count
    }
}
