import CSQLiteTuning
import Foundation
import GRDB
import GRDBSQLite
import Logging
import Synchronization

/// Folds SQLite's write-ahead log into the database beside the writer, and keeps it short.
///
/// Left to itself SQLite does it within a commit, each thousand pages: the writer then copies them and
/// waits twice more for the disk, which was a fifth of its time. Here a thread of its own copies what the
/// log holds, on a connection of its own, and brings it to the disk, while the writer goes on. The writer
/// then copies the few pages that came meanwhile, and SQLite begins the log anew.
///
/// SQLite itself syncs the database only where it has copied the whole log, which mostly is in the writer's part:
/// at ten million records, where nearly every page is another one, it waited there for 45 ms, a fifteenth of its
/// time. So the thread syncs after each pass.
///
/// SQLite can only begin the log anew at a moment at which nobody reads from the log. Under steady load, with pages being
/// made and lists being streamed, there may be no such moment for hours, and the log would fill the
/// disk: a million reads in a minute and a half made one of 1.7 GB. So the writer waits a moment for its
/// readers where the log has become too long.
///
/// A pass of the thread starts only while ``BackfillState`` knows of frames that are not copied: older versions of SQLite
/// could else lose transactions.
///
/// SAFETY: `@unchecked Sendable` because what is not behind `stage` is touched on the writer's thread only;
/// SQLite's hook, which is called inside a commit on that thread, gets an unretained reference that
/// ``close(_:)`` takes back.
@safe final class WALCheckpointer: @unchecked Sendable {
    private enum Stage {
        case idle
        /// The thread copies.
        case folding
        /// It has copied nearly all there is.
        case folded
        case closed
    }

    /// Milliseconds that the writer waits for readers in one attempt.
    private static let patienceMilliseconds = 50
    /// How often it tries.
    private static let interval = Duration.seconds(1)
    /// Bytes of the log from which it is folded: a page that was changed a hundred times until then is
    /// copied once, and a log of this length stays in memory.
    ///
    /// At ten million records half of the copied pages are single ones of large indexes, and writing them
    /// keeps the disk from syncing commits; of twice the log they are fewer for each read.
    private static let foldBytes = 32 * 1_024 * 1_024
    /// Pages that are left for the writer to copy, or less.
    private static let writersPages = 1_000
    /// How often the thread copies what came meanwhile; each time that is less.
    private static let passesMax = 4
    /// How often it tries where a reader of an older state is in the way, and how long it waits each time, in
    /// seconds.
    private static let (triesMax, pause) = (50, 0.01)

    private let connection: DatabaseQueue
    private let logger: Logger
    private let pagesFold: Int
    private let pagesMax: Int
    private let stage = Mutex(Stage.idle)
    private let wake = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)
    private let backfill = Mutex(BackfillState())
    /// Pages in the log after the last commit.
    private var pages = 0
    /// Pages that were in the log at the last folding, where it could not begin anew.
    private var pagesLeft = 0
    private var nextAttempt = ContinuousClock.now

    /// Takes over the folding from the writer's connection `db`, and starts the thread.
    ///
    /// Throws where the database cannot be opened once more.
    init(_ db: Database, path: String, bytesMax: Int, logger: Logger) throws {
        self.logger = logger
        let pageBytes = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4_096
        pagesMax = bytesMax / pageBytes
        pagesFold = min(Self.foldBytes, bytesMax) / pageBytes
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        connection = try DatabaseQueue(path: path, configuration: configuration)
        unsafe sqlite3_wal_hook(
            db.sqliteConnection,
            { context, _, _, pages in
                guard let context = unsafe context else { return SQLITE_OK }
                let log = unsafe Unmanaged<WALCheckpointer>.fromOpaque(context)
                    .takeUnretainedValue()
                log.pages = Int(pages)
                log.backfill.withLock { $0.noteCommit(frames: Int(pages)) }
                return SQLITE_OK
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
        let thread = Thread { [self] in foldForever() }
        thread.name = "wal-checkpointer"
        thread.start()
    }

    /// Whether the next commit may reset the WAL; called between two transactions on the writer's thread.
    ///
    /// Not while committed frames are not copied and no pass is under way, which only the writer starts.
    var mayReset: Bool { stage.withLock { $0 != .idle } || backfill.withLock { !$0.isBehind } }

    /// Called between two transactions on the writer's connection.
    ///
    /// Throws `DatabaseError`; the log is then as it was.
    func checkpointIfNeeded(_ db: Database) throws {
        if pages < pagesLeft { pagesLeft = 0 }
        let isFolded = stage.withLock { stage in
            switch stage {
            case .idle where pages - pagesLeft >= pagesFold && backfill.withLock { $0.isBehind }:
                stage = .folding
                wake.signal()
                return false
            case .folded:
                stage = .idle
                return true
            case .idle, .folding, .closed: return false
            }
        }
        if isFolded { try finish(db) }
        if pages > pagesMax { try begin(anew: db) }
    }

    /// Copies what came while the thread was copying.
    private func finish(_ db: Database) throws {
        var copied: Int?
        defer { backfill.withLock { $0.noteWriterCheckpoint(copied: copied) } }
        let log = try db.checkpoint(.passive)
        copied = log.checkpointedFrameCount
        pagesLeft = log.checkpointedFrameCount < log.walFrameCount ? pages : 0
    }

    /// Where the log is too long, folds it and begins it anew, if readers allow that within a moment; else
    /// tries again a second later.
    private func begin(anew db: Database) throws {
        guard ContinuousClock.now >= nextAttempt, stage.withLock({ $0 == .idle }) else { return }
        nextAttempt = ContinuousClock.now + Self.interval
        try db.execute(sql: "PRAGMA busy_timeout = \(Self.patienceMilliseconds)")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(Store.busySeconds * 1_000)") }
        var copied: Int?
        defer { backfill.withLock { $0.noteWriterCheckpoint(copied: copied) } }
        // Its answer says whether readers were in the way; the next attempt will see that by itself.
        let answer = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(RESTART)")
        copied = answer?["checkpointed"]
        // -1 if it could not begin.
        if let frames = copied, frames < 0 { copied = nil }
    }

    /// Ends the thread and gives the folding back to SQLite.
    func close(_ db: Database) {
        unsafe sqlite3_wal_hook(db.sqliteConnection, nil, nil)
        stage.withLock { $0 = .closed }
        wake.signal()
        hasEnded.wait()
    }

    /// Copies the log until little is left of it, or for some time only a reader's part.
    private func checkpoint() throws {
        var (passes, tries, copied, isWhole) = (0, 0, 0, false)
        while passes < Self.passesMax, tries < Self.triesMax, stage.withLock({ $0 == .folding }) {
            guard backfill.withLock({ $0.isBehind }) else {
                if isWhole { return }
                // The next commit shows whether the WAL was reset.
                tries += 1
                Thread.sleep(forTimeInterval: Self.pause)
                continue
            }
            let log = try runPass(copied: copied)
            // The log may have begun anew meanwhile.
            if log.checkpointedFrameCount < copied { copied = 0 }
            isWhole = log.checkpointedFrameCount == log.walFrameCount
            if isWhole, log.checkpointedFrameCount - copied < Self.writersPages { return }
            copied = log.checkpointedFrameCount
            if isWhole {
                passes += 1
            } else {
                tries += 1
                Thread.sleep(forTimeInterval: Self.pause)
            }
        }
    }

    /// Copies what the log holds, and syncs the database if that was more than the `copied` frames of before.
    private func runPass(copied: Int) throws -> (walFrameCount: Int, checkpointedFrameCount: Int) {
        try connection.writeWithoutTransaction { db in
            var answer: (frames: Int, copied: Int)?
            defer { backfill.withLock { $0.notePass(answer) } }
            let log = try db.checkpoint(.passive)
            answer = (log.walFrameCount, log.checkpointedFrameCount)
            if log.checkpointedFrameCount > copied { try sync(db) }
            return log
        }
    }

    /// Brings what was copied into the database to the disk.
    ///
    /// Throws where the disk does not take it.
    private func sync(_ db: Database) throws {
        let code = unsafe lpr_sqlite_sync_database(db.sqliteConnection)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private func foldForever() {
        while true {
            wake.wait()
            guard stage.withLock({ $0 != .closed }) else { break }
            do { try checkpoint() } catch {
                logger.warning(
                    "WAL checkpoint failed",
                    metadata: ["cause": "\(error)"]
                )
            }
            // After a failure too: the writer then tries it by itself.
            stage.withLock { if $0 == .folding { $0 = .folded } }
        }
        do { try connection.close() } catch {
            logger.warning(
                "the checkpoint connection could not be closed",
                metadata: ["cause": "\(error)"]
            )
        }
        hasEnded.signal()
    }
}
