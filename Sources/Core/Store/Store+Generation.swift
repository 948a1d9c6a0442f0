import Foundation
import GRDB

/// Recognises a database that is not the file that ran here last: a restored backup, or a moved copy.
///
/// Its later records have other ids than a copy elsewhere may have, so its generation is renewed. Each start stores
/// what ran last in the database and in a small file beside it; backups made by SQLite are recognised by their schema
/// number, which differs. A generation renewed in vain, as after a crash during a start, only costs a comparison with
/// the copy. A restore of the whole folder, such as a snapshot of the disk, is not recognised.
extension Store {
    /// The last database that ran here, according to the file beside it.
    private struct LastStart {
        let path: String

        init(databasePath: String) {
            let real = URL(fileURLWithPath: databasePath).resolvingSymlinksInPath().path
            path = real + "-start"
        }

        /// The lines by which a database is recognised.
        var lines: [Substring] {
            let text = try? String(contentsOfFile: path, encoding: .utf8)
            return text?.split(separator: "\n") ?? []
        }

        /// If it cannot be written, the next start renews the generation.
        func write(_ lines: String...) {
            let text = lines.joined(separator: "\n") + "\n"
            try? text.write(toFile: path, atomically: true, encoding: .utf8)
        }
    }

    /// The state that a start finds before it changes anything.
    struct Found: Sendable {
        fileprivate let start: String?
        fileprivate let schema: Int32
    }

    /// Inspects a database before this start writes anything.
    static func find(_ db: Database) throws -> Found {
        Found(
            start: try db.tableExists("meta") ? db.meta("start") : nil,
            schema: try db.mark().schema
        )
    }

    /// Stores that a database runs here from now on; renews its generation if another one ran here last.
    func noteStart(_ found: Found, _ announce: (String) -> Void) throws {
        let last = LastStart(databasePath: path)
        let known = last.lines
        let isTheSame = found.start.map { start in
            known.contains("\(start) \(found.schema)") || known.contains("\(start) *")
        }
        let start = Store.randomID()
        // A crash before the end may leave the database with either, and a schema of any number.
        if let before = found.start, isTheSame == true {
            last.write("\(before) *", "\(start) *")
        }
        let schema = try pool.write { db in
            try db.renewMark()
            try db.setMeta("start", start)
            if isTheSame != true { try db.setMeta("generation", Store.randomID()) }
            // Sessions of a backup may have been ended since.
            if isTheSame == false { try db.execute(sql: "DELETE FROM sessions") }
            return try db.mark().schema
        }
        last.write("\(start) \(schema)")
        guard isTheSame == false else { return }
        announce(
            "the database is not the file that ran here last: a restored backup, or moved;"
                + " copies of its records elsewhere have to compare what they have (new generation)"
        )
    }

    /// Stores the schema's number again, after the statistics of the indexes were updated: they are tables, too.
    func noteSchema() {
        let present = try? pool.read { db in
            try db.meta("start").map { "\($0) \(try db.mark().schema)" }
        }
        guard let line = present ?? nil else { return }
        LastStart(databasePath: path).write(line)
    }

    private static func randomID() -> String {
        (0..<2).map { _ in
            let number = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - number.utf8.count) + number
        }.joined()
    }
}
