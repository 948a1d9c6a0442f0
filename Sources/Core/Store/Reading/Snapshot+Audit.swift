import Foundation
import GRDB

/// The audit, newest first by the time of its entries.
extension Snapshot {
    /// Entries that one query looks at: a tenth of a second.
    static let auditEntriesPerQuery = 50_000

    /// A page of the audit.
    public func audit(_ query: AuditQuery) throws -> AuditPage {
        var conditions: [String] = []
        var arguments: [any DatabaseValueConvertible] = []
        if let from = query.from {
            conditions.append("at >= ?")
            arguments.append(from.milliseconds)
        }
        if let to = query.to {
            conditions.append("at < ?")
            arguments.append(to.milliseconds)
        }
        if let before = query.before {
            let at = try Int64.fetchOne(
                db,
                sql: "SELECT at FROM audit WHERE id = ?",
                arguments: [before]
            )
            // Retention took it, and what was before it.
            guard let at else { return AuditPage(entries: [], next: nil) }
            conditions.append("(at, id) < (?, ?)")
            arguments += [at, before]
        }
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT * FROM audit \(condition) ORDER BY at DESC, id DESC LIMIT \
                \(Self.auditEntriesPerQuery + 1)
                """,
            arguments: StatementArguments(arguments)
        )
        var entries: [AuditEntry] = []
        var (looked, last) = (0, Int64(0))
        while let row = try rows.next() {
            guard looked < Self.auditEntriesPerQuery, entries.count < query.limit else {
                return AuditPage(entries: entries, next: last)
            }
            let entry = AuditEntry(row: row)
            (looked, last) = (looked + 1, entry.id)
            if query.matches(entry) { entries.append(entry) }
        }
        return AuditPage(entries: entries, next: nil)
    }

    /// Verifies the whole chain of the audit.
    public func auditReport() throws -> AuditReport { try AuditVerification.report(db) }
}

extension AuditQuery {
    /// Whether an entry is one of those that it asks for, apart from its time and place in the list.
    fileprivate func matches(_ entry: AuditEntry) -> Bool {
        let event = entry.event
        if let who, who != event.actor.id, who != event.actor.name { return false }
        if let outcome, outcome != event.outcome { return false }
        if let action {
            let isRight =
                action.hasSuffix(".") ? event.action.hasPrefix(action) : event.action == action
            guard isRight else { return false }
        }
        guard let text else { return true }
        return [event.subject, event.detail, event.actor.purpose].contains {
            $0?.contains(text) == true
        }
    }
}

extension AuditEntry {
    /// Reads a row, which may have been tampered with: what is of another type than it should be is read as text or left out.
    fileprivate init(row: Row) {
        func text(_ column: String) -> String? { String.fromDatabaseValue(row[column]) }
        func number(_ column: String) -> Int64? { Int64.fromDatabaseValue(row[column]) }
        let digest: [UInt8]? =
            if case .blob(let data) = (row["digest"] as DatabaseValue).storage { Array(data) } else
            { nil }
        self.init(
            id: row["id"],
            at: Timestamp(milliseconds: number("at") ?? 0),
            event: AuditEvent(
                Actor(
                    id: text("principal") ?? "",
                    name: text("who") ?? "",
                    address: text("address"),
                    role: text("role"),
                    purpose: text("purpose")
                ),
                text("action") ?? "",
                subject: text("subject"),
                detail: text("detail"),
                outcome: AuditEvent.Outcome(rawValue: text("outcome") ?? "") ?? .allowed,
                code: text("code"),
                count: number("count").map { Int($0) } ?? 1
            ),
            digest: digest.map(\.hexadecimal)
        )
    }
}
