import CSQLiteTuning
import Foundation
import GRDB
import GRDBSQLite

/// The database: one SQLite file, read through snapshots, written only by ``Recorder``.
public final class Store: Sendable {
    /// The path of the database.
    public let path: String
    /// The site's calendar.
    public let calendar: SiteCalendar
    /// The limits of queries.
    public let limits: Limits

    let pool: DatabasePool
    /// The cache that its readers share.
    private let cache = SnapshotCache()

    /// Opens the database, creates it and its folder if necessary, and migrates its tables.
    ///
    /// `announce` is called before something that takes longer: a minute with ten million records.
    ///
    /// A store `besideService` writes nothing: two connections that write or checkpoint could meet SQLite's WAL-reset bug
    /// (docs/DECISIONS.md).
    ///
    /// If a reindex was interrupted, it is finished, unless the caller does that (`finishesReindex`).
    ///
    /// Throws if the file cannot be created, is not a database, does not belong to the WAL beside it, or was made by a newer
    /// lprserver; beside a service also if
    /// that is still bringing it up to date.
    public init(
        path: String,
        calendar: SiteCalendar,
        limits: Limits = Limits(),
        besideService: Bool = false,
        finishesReindex: Bool = true,
        announce: (String) -> Void = { _ in }
    ) throws {
        self.path = path
        self.calendar = calendar
        self.limits = limits
        var configuration = Configuration()
        configuration.readonly = besideService
        configuration.maximumReaderCount = 6
        configuration.busyMode = .timeout(TimeInterval(Store.busySeconds))
        configuration.persistentReadOnlyConnections = true
        configuration.prepareDatabase { db in
            // For a new database only: much of what reads write are a few index entries, with their whole page, once
            // to the WAL and once to the file.
            try db.execute(sql: "PRAGMA page_size = \(Store.pageBytes)")
            // A page cache of 6 MiB for each active connection; an unused one takes nothing.
            try db.execute(sql: "PRAGMA cache_size = -6144")
            try SQLFunctions.add(to: db)
        }
        if limits.tunesSQLite { _ = Store.isTuned }
        guard !besideService else {
            pool = try DatabasePool(path: path, configuration: configuration)
            try requireUpToDate()
            return
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Store.refuseForeignWAL(path: path)
        let first = try DatabaseQueue(path: path, configuration: configuration)
        try first.read { try Schema.requireKnown($0, path: path) }
        let found = try first.read { try Store.find($0) }
        try first.writeWithoutTransaction { try Store.beginWAL($0) }
        pool = try DatabasePool(path: path, configuration: configuration)
        try first.close()
        try bringUpToDate(announce)
        if finishesReindex { try finishReindex(announce) }
        try noteStart(found, announce)
    }

    /// The version of SQLite in use, like `3.40.1`.
    ///
    /// SAFETY: SQLite's own constant.
    public static let sqliteVersion = unsafe String(cString: sqlite3_libversion())

    private func requireUpToDate() throws {
        guard try pool.read({ try Schema.migrator.hasCompletedMigrations($0) }) else {
            throw Refusal(
                .storage,
                "the running service is still bringing the database \(path) up to date, or is an older one;"
                    + " try again once it has started"
            )
        }
        guard try !isReindexPending() else {
            throw Refusal(
                .storage,
                "the indexes of the database \(path) are not complete: `lprserver reindex` or a start of the"
                    + " service makes them, and was interrupted if neither runs",
                code: "reindexing"
            )
        }
    }

    /// Sets up the writer's connection, and makes or changes the tables.
    private func bringUpToDate(_ announce: (String) -> Void) throws {
        try pool.writeWithoutTransaction { db in
            // GRDB chooses NORMAL for WAL; an acknowledged read must survive a power cut.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // The writer looks up plates and inserts records at random places: at ten million records a larger cache
            // keeps a read's cost near that of the first.
            try db.execute(sql: "PRAGMA cache_size = -\(Store.writerCacheKibibytes)")
            // A WAL that was long is truncated when it restarts.
            try db.execute(sql: "PRAGMA journal_size_limit = \(limits.logBytesMax)")
            // A checkpoint after any of the migrations' commits would let the next one reset the WAL: see migrate.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
        let done = try pool.read { try Schema.migrator.appliedMigrations($0) }
        try Store.migrate(pool, after: done)
    }

    /// The page cache of the writer's connection in KiB.
    static let writerCacheKibibytes = 32_768

    /// The page size of a new database in bytes.
    static let pageBytes = 1_024

    /// Runs once per process, before SQLite is used; if it is too late, it changes nothing.
    static let isTuned =
        isTested
        && [
            lpr_sqlite_disable_memory_statistics(), lpr_sqlite_wrap_page_cache(),
            lpr_sqlite_register_wal_buffers(),
        ].allSatisfy { $0 == SQLITE_OK }

    /// Whether the tuning was tested with this version of SQLite; only then is it applied.
    static var isTested: Bool { testedSQLiteVersions.contains(sqliteVersion) }

    /// The versions of SQLite that `script/test` runs the store's tests with.
    static let testedSQLiteVersions = ["3.40.1", "3.46.1", "3.53.4"]

    /// Seconds that a connection waits for a lock.
    static let busySeconds = 10

    /// Reads from a snapshot, without blocking the writer.
    func read<T: Sendable>(
        _ body: @escaping @Sendable (Snapshot) throws -> T
    ) async throws -> T {
        try await pool.read { try body(self.snapshot($0)) }
    }

    /// Like ``read(_:)-async``, but blocks the calling thread.
    func readAndWait<T>(_ body: (Snapshot) throws -> T) throws -> T {
        try pool.read { try body(snapshot($0)) }
    }

    /// Warms the plate search cache, so that no search has to.
    ///
    /// Costs next to nothing if there are no new plates. Throws `DatabaseError`.
    func prepareSearches() async throws {
        try await read { _ = try $0.cache.numbers(Watermarks($0.db), in: $0.db) }
    }

    /// The snapshot that a connection reads.
    func snapshot(_ db: Database) -> Snapshot {
        Snapshot(db: db, calendar: calendar, limits: limits, cache: cache)
    }

    /// Closes the database after its last use.
    public func close() throws {
        try pool.close()
    }
}

/// Inside `Core/Store` a snapshot has its tables, too: there the ``Snapshot`` itself is read from.
extension Store: StoreReader {
    /// Reads from a snapshot, without blocking the writer.
    @_disfavoredOverload
    public func read<T: Sendable>(
        _ body: @escaping @Sendable (any StoreSnapshot) throws -> T
    ) async throws -> T {
        try await pool.read { try body(self.snapshot($0)) }
    }

    /// Like ``read(_:)``, but blocks the calling thread.
    @_disfavoredOverload
    public func readAndWait<T>(_ body: (any StoreSnapshot) throws -> T) throws -> T {
        try pool.read { try body(snapshot($0)) }
    }
}

/// A snapshot: one unchanging state of the database.
///
/// Valid only inside the closure that it was passed to.
struct Snapshot: StoreSnapshot {
    let db: Database
    /// The site's calendar.
    let calendar: SiteCalendar
    let limits: Limits
    let cache: SnapshotCache

    /// The records that are in no counter and no deferred index yet.
    func unindexedRecords() throws -> UnindexedRecords { try unindexedRecords(Watermarks(db)) }

    /// As ``unindexedRecords()``, with watermarks that were read already.
    func unindexedRecords(_ marks: Watermarks) throws -> UnindexedRecords {
        // Enough for readers of the two snapshots before.
        try cache.unindexedRecords(marks, in: db, reserve: 2 * limits.recordsPerPlateCount)
    }
}
