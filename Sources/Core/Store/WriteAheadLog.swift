import Foundation
import GRDB

/// Keeps SQLite's write-ahead log short.
///
/// SQLite begins the log anew only at a moment at which nobody reads from it. Under steady load, with
/// pages being made and lists being streamed, there may be no such moment for hours, and the log would
/// fill the disk: a million reads in a minute and a half made one of 1.7 GB.
struct WriteAheadLog {
    /// Milliseconds that the writer waits for readers in one attempt.
    private static let patienceMilliseconds = 50
    private static let interval = Duration.seconds(1)

    private let path: String
    private let bytesMax: Int
    private var nextLook = ContinuousClock.now

    init(databasePath: String, bytesMax: Int) {
        path = databasePath + "-wal"
        self.bytesMax = bytesMax
    }

    /// Called between two transactions: where the log is too long, folds it into the database and begins
    /// it anew, if readers allow that within a moment; else tries again a second later.
    mutating func keepShort(_ db: Database) throws {
        guard ContinuousClock.now >= nextLook else { return }
        nextLook = ContinuousClock.now + Self.interval
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let bytes = attributes?[.size] as? Int, bytes > bytesMax else { return }
        try db.execute(sql: "PRAGMA busy_timeout = \(Self.patienceMilliseconds)")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(Store.busySeconds * 1_000)") }
        // Its answer says whether readers were in the way; the next attempt will see that by itself.
        _ = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(RESTART)")
    }
}
