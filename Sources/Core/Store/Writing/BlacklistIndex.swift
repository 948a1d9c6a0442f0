import GRDB

/// Which plates may be on the blacklist: a hash in memory for each entry that was not removed, by its plate's number.
///
/// A read whose number has no hash asks the database nothing. Any other read looks its number up there, in the same
/// transaction: the index says only where a look-up is needed. An addition or removal changes one hash, however many
/// there are, and expiry changes none.
struct BlacklistIndex: Sendable {
    private var hashes = HashBag()
    /// What was changed since the last commit, oldest first.
    private var journal: [Step] = []

    private struct Step {
        let hash: UInt64
        let isAddition: Bool
    }

    /// Reads the numbers of all entries that were not removed.
    init(_ db: Database) throws {
        try db.readOnce {
            let rows = try RawCursor(
                db,
                "SELECT number FROM blacklist INDEXED BY blacklist_active WHERE active"
            )
            defer { rows.rewind() }
            while try rows.next() { hashes.insert(BlacklistIndex.hash(rows.bytes(0))) }
        }
    }

    /// How many entries it holds.
    var count: Int { hashes.count }
    /// Bytes that it takes in memory.
    var byteCount: Int { hashes.byteCount }
    /// All hashes, sorted.
    var sortedHashes: [UInt64] { hashes.sorted }

    /// Whether entries with this number may be listed; if not, there are none.
    func mayHold(_ number: String) -> Bool {
        hashes.count > 0 && hashes.contains(BlacklistIndex.hash(number.utf8))
    }

    /// An entry with this number was inserted.
    mutating func add(_ number: String) {
        let hash = BlacklistIndex.hash(number.utf8)
        hashes.insert(hash)
        journal.append(Step(hash: hash, isAddition: true))
    }

    /// An entry with this number was removed.
    mutating func remove(_ number: String) {
        let hash = BlacklistIndex.hash(number.utf8)
        hashes.remove(hash)
        journal.append(Step(hash: hash, isAddition: false))
    }

    /// How many changes were made since the last commit: where ``undo(to:)`` can go back to.
    var mark: Int { journal.count }

    /// Undoes what was changed since a mark, as the database did.
    mutating func undo(to mark: Int) {
        while journal.count > mark, let step = journal.popLast() {
            if step.isAddition {
                hashes.remove(step.hash)
            } else {
                hashes.insert(step.hash)
            }
        }
    }

    /// The changes are committed.
    mutating func commit() {
        if !journal.isEmpty { journal = [] }
    }

    /// Nobody can choose numbers that fall together: each process has its own seed.
    private static let seed = UInt64.random(in: .min ... .max)

    private static func hash(_ number: some Sequence<UInt8>) -> UInt64 {
        var hash = seed
        for byte in number { hash = (hash ^ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15 }
        // The last bytes must reach all bits (MurmurHash3's end).
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ hash >> 33
    }
}
