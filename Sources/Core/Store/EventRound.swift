import GRDB

/// How far the event ids that wait have been entered, as the database remembers it.
///
/// ``WaitingEvents`` are taken round after round; a start goes on where the round before it ended.
struct EventRound {
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
        let text = try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'event_round'")
        let numbers = text?.split(separator: " ").compactMap { Int64($0) } ?? []
        guard numbers.count == 3, let group = Int(exactly: numbers[2]) else { return nil }
        (entered, latestBefore, nextGroup) = (numbers[0], numbers[1], group)
    }

    /// Writes it down.
    func write(by statement: HotStatement) throws {
        statement.bind(1, "\(entered) \(latestBefore) \(nextGroup)")
        try statement.run()
    }

    static let writing = "INSERT OR REPLACE INTO meta (key, value) VALUES ('event_round', ?)"
}
