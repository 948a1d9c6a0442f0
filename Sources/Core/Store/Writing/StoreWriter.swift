import GRDB

/// Shows that a transaction was committed: ``Receipt``s are made of nothing else.
///
/// Only ``StoreWriter/commit(_:)`` makes one. It cannot be copied and is only lent, so that none outlives the answers to its
/// own commit.
struct CommitProof: ~Copyable {
    fileprivate init() {}
}

/// The writer's side of the store: what a commit may do, and what the writer remembers between
/// commits.
///
/// Lives on ``Recorder``'s thread and nowhere else. Every method runs inside the transaction of
/// ``commit(_:)``; what it changes, it changes together with its event.
final class StoreWriter {
    let calendar: SiteCalendar
    let limits: Limits
    let db: Database
    let statements: RawStatements
    /// The present, taken once for each commit.
    private(set) var now: Timestamp
    /// Pictures that the commit made superfluous; removed once it is on disk.
    var picturesToRemove: [String] = []
    /// Where the event log ends.
    private(set) var logEnd: LogEnd
    /// The kept followers past whose position the commit pruned the log; reported once it is on disk.
    var followersLeftBehind: [String] = []
    /// The id of the record that was inserted last, deleted ones included: none is given twice.
    var latestRecordID: Int64

    var deltas = CounterDeltas()
    var blacklist: BlacklistIndex
    var cameras: [String: KnownCamera]
    var plates: [PlateKey: KnownPlate] = [:]
    /// The id of the plate that was inserted last: none is given twice, so that what is counted of a plate
    /// is never another's.
    var latestPlateID: Int64
    var packedPlates: PackedPlateTable
    var dedupIndex: DedupIndex
    private var deferredIndexes: DeferredIndexes
    /// Cameras that were heard of by something that has no event of its own: a read that was sent again,
    /// a detection without plates.
    ///
    /// Each gets one event at the end of the commit.
    var touchedWithoutEvent: Set<Int64> = []
    var deletedReads: DeletedReads
    var oldestEventID: Int64
    /// Whether something was undone and the disk did not even say what is kept: nothing may be written until it does.
    private var isOutOfDate = false
    /// The ``latestRecordID`` that the database says.
    private var notedRecordID: Int64 = -1
    private let clock: () -> Timestamp
    private let walBuffer: WALWriteBuffer
    /// Why commits are written page by page; nil while they are not.
    var walFallback: String? { walBuffer.fallback }
    /// Whether the next commit may be the first one of a new WAL, as far as is known.
    var mayResetWAL = true

    /// What the writer remembers of a camera.
    struct KnownCamera {
        let id: Int64
        var isConnected: Bool
        /// When its socket was closed: what it said before is no sign that it is there.
        var disconnectedAt: Timestamp?
        /// Where its last read with a place was read.
        var place: KnownPlace?
    }

    /// What the writer remembers of a place.
    struct KnownPlace {
        let id: Int64
        let location: Location
    }

    /// What makes a plate one row.
    struct PlateKey: Hashable {
        let number: String
        let province: Int
    }

    /// What the writer remembers of a plate.
    struct KnownPlate {
        let id: Int64
        let text: String
    }

    /// Plates that are remembered; beyond, all are forgotten and looked up again.
    static let platesMax = 20_000

    init(
        db: Database,
        calendar: SiteCalendar,
        limits: Limits,
        clock: @escaping () -> Timestamp
    ) throws {
        self.db = db
        statements = try RawStatements(db)
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

    /// Runs `body` and makes what it wrote durable.
    ///
    /// Throws what `body` or the disk throws; then nothing has changed, in memory neither.
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

    /// After a commit that failed: the indexes in memory may be ahead of those in the database.
    private func recoverCaches() throws {
        try reloadCaches(blacklistMark: 0)
        logEnd = try StoreWriter.logEnd(db)
        if try blacklist.count != db.blacklistCount(.notRemoved) {
            blacklist = try BlacklistIndex(db)
        }
        deferredIndexes.dropBatch()
        try dedupIndex.readAnew(db)
        isOutOfDate = false
    }

    /// Throws where what is remembered may be wrong, so that the commit fails.
    func requireUpToDate() throws {
        guard isOutOfDate else { return }
        throw Refusal(.storage, "the caches could not be reloaded from the database after an error")
    }

    /// Runs `body` so that, if it throws, only its own writes are undone and the commit goes on.
    ///
    /// What the writer remembers is read again only if `body` had written something: a refusal costs nothing.
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
        // Nothing large is copied: in what is tried no event id is entered, they only are at the end of a commit.
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
            // SQLite itself may have ended the transaction: what came before is undone, too.
            guard db.isInsideTransaction else { throw error }
            if db.totalChangesCount > changesBefore {
                try reloadCaches(blacklistMark: blacklistMark)
            } else {
                // Both were empty when it began.
                (deltas, touchedWithoutEvent) = (CounterDeltas(), [])
            }
            // What earlier work of this commit left to be removed still is; what earlier commits began to enter is as
            // they left it, or no batch would end where changes are refused again and again; and no id that was
            // given is given again, though its record may be deleted already.
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
        try statement.run()
        logEnd.append(kind, id)
        if oldestEventID == 0 { oldestEventID = id }
    }

    /// After a rollback: what is remembered may not be true any more.
    ///
    /// The blacklist is not read again: what was changed in it since the mark is undone.
    private func reloadCaches(blacklistMark: Int) throws {
        deltas = CounterDeltas()
        plates = [:]
        picturesToRemove = []
        touchedWithoutEvent = []
        blacklist.undo(to: blacklistMark)
        cameras = try StoreWriter.knownCameras(db)
        latestRecordID = try StoreWriter.latestRecordID(db)
        // Some of them may be of the commit that goes on, which has not noted them.
        notedRecordID = -1
        packedPlates = try PackedPlateTable(db, limits: limits)
        latestPlateID = try StoreWriter.latestPlateID(db, packedPlates)
    }

    /// Counts all records and enters them in their indexes, before one of them is deleted that was not.
    ///
    /// Of the ten thousand that may wait it takes as long as thousands of reads do.
    func countRecords() throws {
        let counted = packedPlates.marks.indexedThrough
        try deferredIndexes.insertAll(db, after: counted, to: latestRecordID)
        try packedPlates.count(db, to: latestRecordID)
    }

    /// Once a commit: writes down which id was given last, and goes on to enter records in their indexes; counts
    /// them where enough are entered.
    private func noteRecords(since latestBefore: Int64) throws {
        if latestRecordID != notedRecordID {
            let statement = statements.noteRecord
            statement.bind(1, latestRecordID)
            try statement.run()
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
            sql: "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'latest_record'"
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
