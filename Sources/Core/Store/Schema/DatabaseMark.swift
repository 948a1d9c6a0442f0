import GRDB

/// A mark in the header of a database, by which a WAL that was left over by another one is known.
///
/// A commit that may be the first one of a new WAL gives the database a new random number (`user_version`) and keeps a
/// digest of the number before (`application_id`). So the first page of the file that a WAL was begun on has either the
/// number that the WAL's first commit was made on, or, if it was copied from the WAL, one that stands in the WAL. A file
/// that was put in its place has neither: it is older, or another database; or it was made by SQLite's backup or `VACUUM
/// INTO` of just that time, which give the schema a number of their own.
struct DatabaseMark: Hashable, Sendable {
    /// Bytes of the database's first page that have the mark.
    static let headerBytes = 72

    /// A random number; 0 in a database of an older lprserver.
    let number: Int32
    /// The digest of the mark before; 0 in a database of an older lprserver.
    let previous: Int32
    /// SQLite's count of changes of the schema.
    let schema: Int32

    /// What the next mark keeps of this one: never 0.
    var digest: Int32 {
        var mixed = UInt64(UInt32(bitPattern: number)) << 32 | UInt64(UInt32(bitPattern: schema))
        // The finalizer of SplitMix64.
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int32(truncatingIfNeeded: mixed >> 32) | 1
    }

    /// Whether a file with this mark is one that a WAL was begun on, or was copied to.
    ///
    /// `marks` are those of the WAL's commits, the oldest first.
    func fits(_ marks: [DatabaseMark]) -> Bool {
        guard let first = marks.first else { return true }
        if marks.contains(where: { $0.number == number && $0.schema == schema }) { return true }
        // An older lprserver's WAL, of an older lprserver's database.
        if first.previous == 0 { return number == 0 && previous == 0 }
        return first.previous == digest
    }
}

extension DatabaseMark {
    /// The mark in the first bytes of a database's first page; nil if they are not those of a database.
    init?(page: ArraySlice<UInt8>) {
        guard page.count >= Self.headerBytes, page.starts(with: Array("SQLite format 3\0".utf8))
        else {
            return nil
        }
        func number(at offset: Int) -> Int32 {
            Int32(bitPattern: page.dropFirst(offset).prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        }
        self.init(number: number(at: 60), previous: number(at: 68), schema: number(at: 40))
    }
}

extension Database {
    /// The database's mark.
    func mark() throws -> DatabaseMark {
        func number(_ sql: String) throws -> Int32 {
            try Int32.fetchOne(cachedStatement(sql: sql)) ?? 0
        }
        return DatabaseMark(
            number: try number("PRAGMA user_version"),
            previous: try number("PRAGMA application_id"),
            schema: try number("PRAGMA schema_version")
        )
    }

    /// Gives the database a new mark, as the first thing in a transaction whose commit may be the first one of a new WAL.
    func renewMark() throws {
        let digest = try mark().digest
        try execute(
            sql: """
                PRAGMA application_id = \(digest);
                PRAGMA user_version = \(Int32.random(in: 1 ... .max))
                """
        )
    }
}
