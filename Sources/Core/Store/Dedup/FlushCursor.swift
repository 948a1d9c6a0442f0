import GRDB

/// How far the event ids that wait have been entered, as the database remembers it.
///
/// ``DedupMemtable`` are taken round after round; a start goes on where the round before it ended.
struct FlushCursor {
    /// All records up to this id are entered; of those beyond some are.
    var entered: Int64
    /// The newest record when the present round began: at its end all up to it are entered.
    var latestBefore: Int64
    /// The group that is taken next.
    var nextGroup = 0

    /// One of an index in which all records up to an id are entered.
    init(entered: Int64) { (self.entered, latestBefore) = (entered, entered) }

    /// Reads it; nil where there is none.
    init?(_ db: Database) throws {
        let numbers =
            try db.meta(FlushCursor.key)?.split(separator: " ").compactMap { Int64($0) } ?? []
        guard numbers.count == 3, let group = Int(exactly: numbers[2]) else { return nil }
        (entered, latestBefore, nextGroup) = (numbers[0], numbers[1], group)
    }

    /// Writes it down.
    func write(_ db: Database) throws {
        try db.setMeta(FlushCursor.key, "\(entered) \(latestBefore) \(nextGroup)")
    }

    private static let key = "dedup_cursor"
}
