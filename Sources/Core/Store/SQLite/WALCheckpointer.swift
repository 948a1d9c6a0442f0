import CSQLiteTuning
import Foundation
import GRDB
import GRDBSQLite
import Logging
import Platform
import Synchronization

/// Checkpoints the WAL on a background thread, and bounds its size.
///
/// By default SQLite checkpoints inside a commit, every thousand pages: the writer copies them and waits twice more
/// for the disk, which took a fifth of its time. Here a background thread copies the WAL on its own connection and
/// syncs the database while the writer continues. The writer then copies the few pages committed meanwhile, and
/// SQLite restarts the WAL.
///
/// SQLite syncs the database only after the whole WAL is copied, which mostly falls to the writer: at ten million
/// records, where nearly every page is a different one, it waited 45 ms, a fifteenth of its time. So the thread syncs
/// after each pass.
///
/// SQLite can restart the WAL only while it has no readers. Under steady load, with pages being rendered and lists
/// being streamed, there may be no such moment for hours, and the WAL would fill the disk: a million reads in a
/// minute and a half made one of 1.7 GB. So the writer waits briefly for its readers if the WAL is too long.
///
/// A pass of the thread starts only while ``BackfillState`` knows of frames that are not copied: older versions of
/// SQLite could lose transactions otherwise.
///
/// SAFETY: `@unchecked Sendable` because what `stage` does not guard is used on the writer's thread only; SQLite's
/// hook, which is called inside a commit on that thread, gets an unretained reference that ``close(_:)`` removes.
@safe final class WALCheckpointer: @unchecked Sendable {
    private enum Stage {
        case idle
        /// The thread copies frames.
        case copying
        /// The thread has copied nearly all frames; the writer copies the rest.
        case copied
        case closed
    }

    /// Milliseconds that the writer waits for readers per attempt.
    private static let readerWaitMilliseconds = 50
    /// The interval between two attempts.
    private static let interval = Duration.seconds(1)
    /// The WAL size from which it is checkpointed: a page that was changed a hundred times until then is copied once,
    /// and a WAL of this size stays in memory.
    ///
    /// At ten million records half of the copied pages are single ones of large indexes, and writing them delays the
    /// sync of commits; with twice the size there are fewer per read.
    private static let checkpointBytes = 32 * 1_024 * 1_024
    /// The number of pages that are left for the writer to copy.
    private static let writerPages = 1_000
    /// The maximum number of passes; each copies less than the one before.
    private static let passesMax = 4
    /// The maximum number of retries if a reader of an older snapshot is in the way, and the pause between them in
    /// seconds.
    private static let (triesMax, pause) = (50, 0.01)

    private let connection: DatabaseQueue
    private let logger: Logger
    private let checkpointPages: Int
    private let pagesMax: Int
    private let stage = Mutex(Stage.idle)
    private let wake = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)
    private let backfill = Mutex(BackfillState())
    /// Pages in the WAL after the last commit.
    private var pages = 0
    /// Pages in the WAL after the last checkpoint, if it could not restart.
    private var pagesLeft = 0
    private var nextAttempt = ContinuousClock.now

    /// Takes over checkpointing from the writer's connection `db`, and starts the thread.
    ///
    /// Throws if the database cannot be opened a second time.
    init(_ db: Database, path: String, bytesMax: Int, logger: Logger) throws {
        self.logger = logger
        let pageBytes = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4_096
        pagesMax = bytesMax / pageBytes
        checkpointPages = min(Self.checkpointBytes, bytesMax) / pageBytes
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
        NamedThread.start("wal-checkpointer") { [self] in run() }
    }

    /// Whether the next commit may reset the WAL; called between two transactions on the writer's thread.
    ///
    /// It may not while some committed frames are not copied and no pass runs; only the writer starts passes.
    var mayReset: Bool { stage.withLock { $0 != .idle } || backfill.withLock { !$0.isBehind } }

    /// Called between two transactions on the writer's connection.
    ///
    /// Throws `DatabaseError`; the WAL is unchanged then.
    func checkpointIfNeeded(_ db: Database) throws {
        if pages < pagesLeft { pagesLeft = 0 }
        let isCopied = stage.withLock { stage in
            switch stage {
            case .idle
            where pages - pagesLeft >= checkpointPages && backfill.withLock { $0.isBehind }:
                stage = .copying
                wake.signal()
                return false
            case .copied:
                stage = .idle
                return true
            case .idle, .copying, .closed: return false
            }
        }
        if isCopied { try finish(db) }
        if pages > pagesMax { try restart(db) }
    }

    /// Copies the frames that were committed while the thread was copying.
    private func finish(_ db: Database) throws {
        var copied: Int?
        defer { backfill.withLock { $0.noteWriterCheckpoint(copied: copied) } }
        let log = try db.checkpoint(.passive)
        copied = log.checkpointedFrameCount
        pagesLeft = log.checkpointedFrameCount < log.walFrameCount ? pages : 0
    }

    /// If the WAL is too long, checkpoints and restarts it, if readers allow that within a moment; otherwise tries
    /// again a second later.
    private func restart(_ db: Database) throws {
        guard ContinuousClock.now >= nextAttempt, stage.withLock({ $0 == .idle }) else { return }
        nextAttempt = ContinuousClock.now + Self.interval
        try db.execute(sql: "PRAGMA busy_timeout = \(Self.readerWaitMilliseconds)")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(Store.busySeconds * 1_000)") }
        var copied: Int?
        defer { backfill.withLock { $0.noteWriterCheckpoint(copied: copied) } }
        // The answer says whether readers were in the way; the next attempt will find out by itself.
        let answer = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(RESTART)")
        copied = answer?["checkpointed"]
        // -1 if the checkpoint could not run.
        if let frames = copied, frames < 0 { copied = nil }
    }

    /// Ends the thread and returns checkpointing to SQLite.
    func close(_ db: Database) {
        unsafe sqlite3_wal_hook(db.sqliteConnection, nil, nil)
        stage.withLock { $0 = .closed }
        wake.signal()
        hasEnded.wait()
    }

    /// Copies the WAL until little is left, or until only frames that a reader pins remain for some time.
    private func checkpoint() throws {
        var (passes, tries, copied, isWhole) = (0, 0, 0, false)
        while passes < Self.passesMax, tries < Self.triesMax, stage.withLock({ $0 == .copying }) {
            guard backfill.withLock({ $0.isBehind }) else {
                if isWhole { return }
                // The next commit shows whether the WAL was reset.
                tries += 1
                Thread.sleep(forTimeInterval: Self.pause)
                continue
            }
            let log = try runPass(copied: copied)
            // The WAL may have restarted meanwhile.
            if log.checkpointedFrameCount < copied { copied = 0 }
            isWhole = log.checkpointedFrameCount == log.walFrameCount
            if isWhole, log.checkpointedFrameCount - copied < Self.writerPages { return }
            copied = log.checkpointedFrameCount
            if isWhole {
                passes += 1
            } else {
                tries += 1
                Thread.sleep(forTimeInterval: Self.pause)
            }
        }
    }

    /// Copies the WAL, and syncs the database if more than the previous `copied` frames were copied.
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

    /// Syncs what was copied into the database.
    ///
    /// Throws if the disk fails.
    private func sync(_ db: Database) throws {
        let code = unsafe lpr_sqlite_sync_database(db.sqliteConnection)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private func run() {
        while true {
            wake.wait()
            guard stage.withLock({ $0 != .closed }) else { break }
            do { try checkpoint() } catch {
                logger.warning(
                    "WAL checkpoint failed",
                    metadata: ["cause": "\(error)"]
                )
            }
            // After a failure too: the writer then tries it itself.
            stage.withLock { if $0 == .copying { $0 = .copied } }
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
