import GRDB

/// An in-memory index of the plates that may be on the blacklist: one hash per entry that was not removed.
///
/// A read whose number has no hash needs no query. Any other read looks its number up in the database, in the same
/// transaction: the index only says whether a lookup is needed. An addition or removal changes one hash, however many
/// there are, and expiry changes none.
struct BlacklistIndex: Sendable {
    private var hashes = HashBag()
    /// The changes since the last commit, oldest first.
    private var journal: [Step] = []

    private struct Step {
        let hash: UInt64
        let isAddition: Bool
    }

    /// Loads the numbers of all entries that were not removed.
    init(_ db: Database) throws {
        try db.readOnce {
            let rows = try RawStatement(
                db,
                "SELECT number FROM blacklist INDEXED BY blacklist_active WHERE active"
            )
            defer { rows.rewind() }
            while try rows.next() { hashes.insert(BlacklistIndex.hash(rows.bytes(0))) }
        }
    }

    /// The number of entries.
    var count: Int { hashes.count }
    /// Memory use in bytes.
    var byteCount: Int { hashes.byteCount }
    /// All hashes, sorted.
    var sortedHashes: [UInt64] { hashes.sorted }

    /// False only if no entry has this number.
    func mayHold(_ number: String) -> Bool {
        hashes.count > 0 && hashes.contains(BlacklistIndex.hash(number.utf8))
    }

    /// Adds an entry with this number.
    mutating func add(_ number: String) {
        let hash = BlacklistIndex.hash(number.utf8)
        hashes.insert(hash)
        journal.append(Step(hash: hash, isAddition: true))
    }

    /// Removes an entry with this number.
    mutating func remove(_ number: String) {
        let hash = BlacklistIndex.hash(number.utf8)
        hashes.remove(hash)
        journal.append(Step(hash: hash, isAddition: false))
    }

    /// The number of changes since the last commit: a savepoint for ``undo(to:)``.
    var mark: Int { journal.count }

    /// Undoes the changes since a mark, as the database did.
    mutating func undo(to mark: Int) {
        while journal.count > mark, let step = journal.popLast() {
            if step.isAddition {
                hashes.remove(step.hash)
            } else {
                hashes.insert(step.hash)
            }
        }
    }

    /// Ends the transaction; its changes are committed.
    mutating func commit() {
        if !journal.isEmpty { journal = [] }
    }

    /// A random seed per process, so that a client cannot choose colliding numbers.
    private static let seed = UInt64.random(in: .min ... .max)

    private static func hash(_ number: some Sequence<UInt8>) -> UInt64 {
        var hash = seed
        for byte in number { hash = (hash ^ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15 }
        // The last bytes must affect all bits (MurmurHash3's finalizer).
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ hash >> 33
    }
}
