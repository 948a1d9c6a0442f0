import Foundation
import GRDB

/// A database that is not the file that ran here last: a backup that was restored, or a copy that was moved.
///
/// Its records have other ids from then on than those that a copy of them elsewhere may know, so its generation is
/// renewed. What ran last is written into the database at each start, and into a small file beside it; backups made by
/// SQLite are told by the number of their schema, which is another one. Renewed once too often, as after a crash within
/// a start, the generation costs a comparison with the copy, nothing else. What restores the whole folder, a snapshot of
/// the disk, cannot be told here.
extension Store {
    /// What ran here last, as the file beside the database has it.
    private struct LastStart {
        let path: String

        init(databasePath: String) {
            let real = URL(fileURLWithPath: databasePath).resolvingSymlinksInPath().path
            path = real + "-start"
        }

        /// The lines that a database may be known by.
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

    /// What a start finds before it changes anything.
    struct Found: Sendable {
        fileprivate let start: String?
        fileprivate let schema: Int32
    }

    /// Looks at a database before this start writes anything.
    static func find(_ db: Database) throws -> Found {
        Found(
            start: try db.tableExists("meta") ? db.meta("start") : nil,
            schema: try db.mark().schema
        )
    }

    /// Notes that a database runs here from now on; renews its generation if what was found is not what ran here last.
    func noteStart(_ found: Found, _ announce: (String) -> Void) throws {
        let last = LastStart(databasePath: path)
        let known = last.lines
        let isTheSame = found.start.map { start in
            known.contains("\(start) \(found.schema)") || known.contains("\(start) *")
        }
        let start = Store.randomID()
        // Until the end a crash may leave the database with the one or the other, and a schema of any number.
        if let before = found.start, isTheSame == true {
            last.write("\(before) *", "\(start) *")
        }
        let schema = try pool.write { db in
            try db.renewMark()
            try db.setMeta("start", start)
            if isTheSame != true { try db.setMeta("generation", Store.randomID()) }
            return try db.mark().schema
        }
        last.write("\(start) \(schema)")
        guard isTheSame == false else { return }
        announce(
            "the database is not the file that ran here last: a restored backup, or moved;"
                + " copies of its records elsewhere have to compare what they have (new generation)"
        )
    }

    /// Notes the schema's number again, after the statistics of the indexes were brought up to date: they are tables, too.
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
