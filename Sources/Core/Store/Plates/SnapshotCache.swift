import GRDB
import Synchronization

/// A cache that readers share, so that a search need not read it from the database.
///
/// Each reader checks it against its own snapshot, and reads what is missing.
final class SnapshotCache: Sendable {
    private let newest = Mutex(UnindexedTail())
    private let numbers = Mutex(PackedNumbers(purgeGeneration: 0))

    /// The records that a snapshot has not indexed.
    ///
    /// `reserve` is how many more are kept for readers of an older snapshot.
    func unindexedRecords(
        _ marks: Watermarks,
        in db: Database,
        reserve: Int
    ) throws -> UnindexedRecords {
        var known = newest.withLock { $0 }
        if let records = known.unindexed(marks) { return records }
        try known.extend(marks, in: db)
        let records =
            known.unindexed(marks) ?? UnindexedRecords(indexedThrough: marks.indexedThrough)
        known.trim(marks, keeping: reserve)
        newest.withLock { if known.last > $0.last { $0 = known } }
        return records
    }

    /// The numbers of all plates of a snapshot.
    func numbers(_ marks: Watermarks, in db: Database) throws -> PackedNumbers {
        var known = numbers.withLock { $0 }
        if known.purgeGeneration != marks.purgeGeneration {
            known = PackedNumbers(purgeGeneration: marks.purgeGeneration)
        }
        guard try known.extend(marks, in: db) else { return known }
        numbers.withLock {
            let isNewer =
                known.purgeGeneration == $0.purgeGeneration
                ? known.last > $0.last : known.purgeGeneration > $0.purgeGeneration
            if isNewer { $0 = known }
        }
        return known
    }
}
