import Foundation
import GRDB

/// Verifies the chain of the audit in one snapshot.
struct AuditVerification {
    private let db: Database
    private let progress: (Int) -> Void
    private var report = AuditReport()
    /// The entry before the next one.
    private var previous = AuditMark.none
    /// The last entry that retention is known to have removed, by the chain itself.
    private var removed: AuditMark?
    /// A digest that was kept elsewhere, until it is found.
    private var wanted: [UInt8]?

    /// Verifies the whole chain; `progress` is called with the number of entries every so often.
    ///
    /// `wanted`: a digest that must be in it. Throws `DatabaseError`.
    static func report(
        _ db: Database,
        containing wanted: [UInt8]? = nil,
        progress: @escaping (Int) -> Void = { _ in }
    ) throws -> AuditReport {
        var verification = AuditVerification(db: db, progress: progress, wanted: wanted)
        try verification.run(after: nil)
        return verification.report
    }

    /// Verifies the newest entries only, at most `count`.
    static func ending(_ db: Database, count: Int) throws -> AuditReport {
        var verification = AuditVerification(db: db, progress: { _ in }, wanted: nil)
        let row = try Row.fetchOne(
            db,
            sql: "SELECT id, digest FROM audit ORDER BY id DESC LIMIT 1 OFFSET ?",
            arguments: [count]
        )
        let start = row.flatMap { row -> AuditMark? in
            let value: DatabaseValue = row[1]
            guard case .blob(let digest) = value.storage else { return nil }
            return AuditMark(id: row[0], digest: Array(digest))
        }
        try verification.run(after: start)
        return verification.report
    }

    private init(db: Database, progress: @escaping (Int) -> Void, wanted: [UInt8]?) {
        (self.db, self.progress, self.wanted) = (db, progress, wanted)
    }

    /// Entries between two calls of `progress`.
    private static let entriesPerStep = 20_000

    private mutating func run(after start: AuditMark?) throws {
        let head = try db.meta(AuditChain.headKey)
        // Nothing has a digest before the first entry after the migration.
        guard head != AuditChain.unbegun else { return }
        let anchor = try db.meta(AuditChain.anchorKey).flatMap(AuditMark.init(text:)) ?? .none
        previous = start ?? anchor
        if wanted == anchor.digest { wanted = nil }
        let columns = AuditChain.columns.joined(separator: ", ")
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT \(columns), digest FROM audit WHERE id > ? ORDER BY id",
            arguments: [start?.id ?? 0]
        )
        while let row = try rows.next() {
            look(at: row)
            if report.entries % Self.entriesPerStep == 0 { progress(report.entries) }
        }
        report.removedThrough = anchor.id
        report.newestID = previous.id
        report.digest = previous.hexadecimal
        checkEnd(head.flatMap(AuditMark.init(text:)))
        if start == nil { checkBeginning(anchor) }
        if let wanted {
            report.add(
                .unknownDigest,
                entry: 0,
                "no entry has the digest \(wanted.hexadecimal): entries up to it were changed or"
                    + " removed, the database is from before it, or retention removed it"
            )
        }
    }

    private static let action = AuditChain.columns.firstIndex(of: "action") ?? 0
    private static let detail = AuditChain.columns.firstIndex(of: "detail") ?? 0

    private mutating func look(at row: Row) {
        let values = Array(row.databaseValues)
        let id: Int64 = row["id"]
        let stored: [UInt8]? =
            if case .blob(let data)? = values.last?.storage { Array(data) } else { nil }
        let digest = AuditChain.digest(after: previous.digest, values.dropLast())
        if case .int64(let at) = values[1].storage {
            report.newest = Timestamp(milliseconds: at)
            if report.entries == 0 { report.oldest = report.newest }
        }
        report.entries += 1
        if stored != digest { note(brokenEntry: id, at: report.newest) }
        // The next one is judged by what is written here, so that one change is one break.
        previous = AuditMark(id: id, digest: stored ?? digest)
        if stored == wanted { wanted = nil }
        if case .string(AuditTable.cleanUp) = values[Self.action].storage,
            case .string(let detail) = values[Self.detail].storage
        {
            removed = AuditMark(text: detail) ?? removed
        }
    }

    private mutating func note(brokenEntry id: Int64, at instant: Timestamp?) {
        let time = instant.map { " of \($0.rfc3339)" } ?? ""
        if id > previous.id + 1 {
            report.add(
                .missing,
                entry: id,
                "entries \(previous.id + 1) to \(id - 1) are missing before entry \(id)\(time), or it was added"
                    + " by something other than the service"
            )
        } else {
            report.add(
                .changed,
                entry: id,
                "entry \(id)\(time) does not follow from the one before it: it, or the digest of that one, was"
                    + " changed"
            )
        }
    }

    private mutating func checkEnd(_ head: AuditMark?) {
        guard let head else {
            return report.add(
                .note,
                entry: previous.id,
                "the note of the newest entry is missing or broken: entries after \(previous.id) may have been"
                    + " removed"
            )
        }
        if head.id > previous.id {
            report.add(
                .cutOff,
                entry: previous.id,
                "the newest entries are missing: those from \(previous.id + 1) to \(head.id)"
            )
        } else if head.id < previous.id {
            report.add(
                .foreign,
                entry: head.id + 1,
                "entry \(head.id + 1) and what follows was added by something other than the service"
            )
        } else if head.digest != previous.digest {
            report.add(
                .changed,
                entry: head.id,
                "the newest entry, \(head.id), has another digest than the one that was noted"
            )
        }
    }

    /// What is missing at the beginning must be named by retention's last entry in the chain.
    private mutating func checkBeginning(_ anchor: AuditMark) {
        guard anchor.id > 0 else { return }
        let isKnown = removed.map { anchor.id < $0.id || anchor == $0 } ?? false
        guard !isKnown else { return }
        report.add(
            .beginning,
            entry: anchor.id,
            "the entries up to \(anchor.id) were removed by something other than retention"
        )
    }
}

extension Store {
    /// Verifies the audit; `digest` is one that must be in the chain, in hexadecimal.
    ///
    /// Throws ``Refusal`` if it is no digest, and `DatabaseError`.
    public func verifyAudit(
        containing digest: String? = nil,
        progress: @escaping (Int) -> Void = { _ in }
    ) throws -> AuditReport {
        let wanted = try digest.map { text in
            guard let bytes = AuditChain.digest(hexadecimal: text.lowercased()) else {
                throw Refusal(.invalid, "a digest has 64 hexadecimal digits")
            }
            return bytes
        }
        return try readAndWait {
            try AuditVerification.report($0.db, containing: wanted, progress: progress)
        }
    }
}
