import GRDB

/// The progress of flushing the ``DedupMemtable``, stored in the database; a start resumes the cycle.
struct FlushCursor {
    /// All records up to this id are flushed; some later ones may be.
    var entered: Int64
    /// The newest record when the current cycle began; when it ends, all up to this one are flushed.
    var latestBefore: Int64
    /// The group that is flushed next.
    var nextGroup = 0

    /// The cursor of an index in which all records up to `entered` are flushed.
    init(entered: Int64) { (self.entered, latestBefore) = (entered, entered) }

    /// Reads the stored cursor; nil if there is none.
    init?(_ db: Database) throws {
        let numbers =
            try db.meta(FlushCursor.key)?.split(separator: " ").compactMap { Int64($0) } ?? []
        guard numbers.count == 3, let group = Int(exactly: numbers[2]) else { return nil }
        (entered, latestBefore, nextGroup) = (numbers[0], numbers[1], group)
    }

    /// Stores the cursor.
    func write(_ db: Database) throws {
        try db.setMeta(FlushCursor.key, "\(entered) \(latestBefore) \(nextGroup)")
    }

    static let key = "dedup_cursor"
}
