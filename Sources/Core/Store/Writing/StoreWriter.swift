import GRDB

/// Proof that a transaction was committed; needed to make a ``Receipt``.
///
/// Only ``StoreWriter/commit(_:)`` creates one. It cannot be copied and is only borrowed, so that none outlives the
/// answers to its commit.
struct CommitProof: ~Copyable {
    fileprivate init() {}
}

/// The writer's side of the store: its changes, and the caches that it keeps between commits.
///
/// Lives on ``Recorder``'s thread only. Every method runs inside the transaction of ``commit(_:)``; each change is
/// committed together with its event.
final class StoreWriter {
    let calendar: SiteCalendar
    let limits: Limits
    let db: Database
    let statements: WriterStatements
    /// The present, taken once for each commit.
    private(set) var now: Timestamp
    /// Pictures that the commit made obsolete; removed once it is on disk.
    var picturesToRemove: [String] = []
    /// The end of the event log.
    private(set) var logEnd: LogEnd
    /// The stored followers past whose position the commit pruned the log; reported once it is on disk.
    var followersLeftBehind: [String] = []
    /// The id of the record that was inserted last, deleted ones included: none is given twice.
    var latestRecordID: Int64

    var deltas = CounterDeltas()
    var blacklist: BlacklistIndex
    var cameras: [String: KnownCamera]
    var plates: [PlateKey: KnownPlate] = [:]
    /// The id of the last inserted plate: no id is reused, so that one plate's counts never become another's.
    var latestPlateID: Int64
    var packedPlates: PackedPlateTable
    var dedupIndex: DedupIndex
    private var deferredIndexes: DeferredIndexes
    /// Cameras that were touched without an event of their own: by a duplicate, or a detection without plates.
    ///
    /// Each gets one event at the end of the commit.
    var touchedWithoutEvent: Set<Int64> = []
    var deletedReads: DeletedReads
    var oldestEventID: Int64
    /// Whether the caches could not be reloaded after a rollback: nothing may be written until they are.
    private var isOutOfDate = false
    /// The ``latestRecordID`` that is stored in the database.
    private var notedRecordID: Int64 = -1
    private let clock: () -> Timestamp
    private let walBuffer: WALWriteBuffer
    /// Why WAL writes are not batched; nil while they are.
    var walFallback: String? { walBuffer.fallback }
    /// Whether the next commit may be the first one of a new WAL, as far as is known.
    var mayResetWAL = true

    /// The cached state of a camera.
    struct KnownCamera {
        let id: Int64
        var isConnected: Bool
        /// When its socket was closed: an earlier message does not reconnect it.
        var disconnectedAt: Timestamp?
        /// The location of its last read that had one.
        var place: KnownPlace?
    }

    /// A cached location.
    struct KnownPlace {
        let id: Int64
        let location: Location
    }

    /// The unique key of a plate's row.
    struct PlateKey: Hashable {
        let number: String
        let province: Int
    }

    /// A cached plate.
    struct KnownPlate {
        let id: Int64
        let text: String
    }

    /// The maximum number of cached plates; beyond it the cache is cleared.
    static let platesMax = 20_000

    init(
        db: Database,
        calendar: SiteCalendar,
        limits: Limits,
        clock: @escaping () -> Timestamp
    ) throws {
        self.db = db
        statements = try WriterStatements(db)
        self.calendar = calendar
        self.limits = limits
        self.clock = clock
        walBuffer = WALWriteBuffer(db, isWanted: limits.tunesSQLite)
        now = clock()
        blacklist = try BlacklistIndex(db)
        cameras = try StoreWriter.knownCameras(db)
        latestRecordID = try StoreWriter.latestRecordID(db)
        packedPlates = try PackedPlateTable(db, limits: limits)
        deferredIndexes = try DeferredIndexes(db, limits: limits)
        dedupIndex = try DedupIndex(db, limits: limits)
        deletedReads = try DeletedReads(db, dedupIndex)
        latestPlateID = try StoreWriter.latestPlateID(db, packedPlates)
        logEnd = try StoreWriter.logEnd(db)
        oldestEventID = try Int64.fetchOne(db, sql: "SELECT MIN(id) FROM events") ?? 0
    }

    /// Runs `body` and makes its writes durable.
    ///
    /// Throws what `body` or the disk throws; then nothing has changed, in the database or in memory.
    @discardableResult
    func commit(_ body: (StoreWriter) throws -> Void) throws -> CommitProof {
        if isOutOfDate { try recoverCaches() }
        now = clock()
        let latestBefore = latestRecordID
        do {
            try walBuffer.transaction(db) {
                if mayResetWAL { try db.renewMark() }
                try body(self)
                try deltas.flush(through: statements)
                try announceQuietCameras()
                try pruneEvents()
                try noteRecords(since: latestBefore)
                try requireUpToDate()
            }
        } catch {
            isOutOfDate = true
            followersLeftBehind = []
            // If that fails, too, the next commit tries again before it writes.
            try? recoverCaches()
            throw error
        }
        blacklist.commit()
        return CommitProof()
    }

    /// Restores the caches after a failed commit: the in-memory indexes may be ahead of the database.
    private func recoverCaches() throws {
        try reloadCaches(blacklistMark: 0)
        logEnd = try StoreWriter.logEnd(db)
        if try blacklist.count != db.blacklistCount(.notRemoved) {
            blacklist = try BlacklistIndex(db)
        }
        deferredIndexes.dropBatch()
        try dedupIndex.reload(db)
        isOutOfDate = false
    }

    /// Throws if the caches may be stale, so that the commit fails.
    func requireUpToDate() throws {
        guard isOutOfDate else { return }
        throw Refusal(.storage, "the caches could not be reloaded from the database after an error")
    }

    /// Runs `body` in a savepoint: if it throws, only its own writes are rolled back and the commit continues.
    ///
    /// The caches are reloaded only if `body` had written something: a refusal costs nothing.
    func withSavepoint<T>(_ body: (StoreWriter) throws -> T) throws -> T {
        var result: T?
        try requireUpToDate()
        do {
            try deltas.flush(through: statements)
            try announceQuietCameras()
        } catch {
            isOutOfDate = true
            throw error
        }
        // Nothing large is copied: event ids are flushed only at the end of a commit.
        let (pictures, indexes, index) = (picturesToRemove, deferredIndexes, dedupIndex)
        let (latestBefore, blacklistMark) = (latestRecordID, blacklist.mark)
        let logEndBefore = logEnd
        let changesBefore = db.totalChangesCount
        do {
            try db.inSavepoint {
                result = try body(self)
                return .commit
            }
        } catch {
            isOutOfDate = true
            // SQLite itself may have rolled back the transaction, including what came before.
            guard db.isInsideTransaction else { throw error }
            if db.totalChangesCount > changesBefore {
                try reloadCaches(blacklistMark: blacklistMark)
            } else {
                // Both were empty at the start.
                (deltas, touchedWithoutEvent) = (CounterDeltas(), [])
            }
            // Earlier work of this commit keeps its pictures to remove; batches of earlier commits keep their state,
            // or no batch would end while changes are refused again and again; and no id is reused, even if its
            // record is deleted already.
            (picturesToRemove, deferredIndexes, dedupIndex) = (pictures, indexes, index)
            (latestRecordID, logEnd) = (latestBefore, logEndBefore)
            isOutOfDate = false
            throw error
        }
        guard let result else {
            throw Refusal(.fault, "internal error: a mutation returned no result")
        }
        return result
    }

    /// Appends an event; it becomes visible with the commit.
    func append(
        _ kind: Event.Kind,
        camera: Int64? = nil,
        subject: Int64? = nil,
        data: String? = nil
    ) throws {
        let statement = statements.appendEvent
        let id = logEnd.latestEventID + 1
        statement.bind(1, id)
        statement.bind(2, kind.code)
        statement.bind(3, now.milliseconds)
        statement.bind(4, camera)
        statement.bind(5, subject)
        statement.bind(6, data)
        try statement.execute()
        logEnd.append(kind, id)
        if oldestEventID == 0 { oldestEventID = id }
    }

    /// Reloads the caches after a rollback.
    ///
    /// The blacklist index is not reloaded: its changes since the mark are undone.
    private func reloadCaches(blacklistMark: Int) throws {
        deltas = CounterDeltas()
        plates = [:]
        picturesToRemove = []
        touchedWithoutEvent = []
        blacklist.undo(to: blacklistMark)
        cameras = try StoreWriter.knownCameras(db)
        latestRecordID = try StoreWriter.latestRecordID(db)
        // Some of them may belong to the current commit, which has not noted them.
        notedRecordID = -1
        packedPlates = try PackedPlateTable(db, limits: limits)
        latestPlateID = try StoreWriter.latestPlateID(db, packedPlates)
    }

    /// Counts and indexes all records, before one that was not indexed is deleted.
    ///
    /// For the ten thousand that may wait this takes as long as thousands of reads.
    func countRecords() throws {
        let counted = packedPlates.marks.indexedThrough
        try deferredIndexes.insertAll(db, after: counted, to: latestRecordID)
        try packedPlates.count(db, to: latestRecordID)
    }

    /// Called once per commit: stores the latest record id, and indexes some waiting records; counts them once enough
    /// are indexed.
    private func noteRecords(since latestBefore: Int64) throws {
        if latestRecordID != notedRecordID {
            let statement = statements.noteRecord
            statement.bind(1, latestRecordID)
            try statement.execute()
            notedRecordID = latestRecordID
        }
        try dedupIndex.enterSome(db, latestRecord: latestRecordID)
        var entries = deferredIndexes.budget(forReads: Int(latestRecordID - latestBefore))
        while let entered = try deferredIndexes.insertSome(
            db,
            after: packedPlates.marks.indexedThrough,
            to: latestRecordID,
            entries: &entries
        ) {
            try packedPlates.count(db, to: entered)
        }
    }

    private static func latestRecordID(_ db: Database) throws -> Int64 {
        let noted = try Int64.fetchOne(
            db,
            sql:
                "SELECT CAST(value AS INTEGER) FROM meta WHERE key = '\(Watermarks.latestRecordKey)'"
        )
        return max(noted ?? 0, try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM records") ?? 0)
    }

    private static func latestPlateID(_ db: Database, _ pages: PackedPlateTable) throws -> Int64 {
        max(
            pages.marks.countedPlate,
            try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM plates") ?? 0
        )
    }
}
