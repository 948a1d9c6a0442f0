/// What reads the store: everything outside `Core/Store` knows no more of it than this.
///
/// ``Store`` does it with SQLite. All of a body sees one unchanging state, and holds up no commit.
public protocol StoreReader: Sendable {
    /// The site's calendar.
    var calendar: SiteCalendar { get }
    /// The limits that queries keep.
    var limits: Limits { get }

    /// Reads from a snapshot; throws what `body` or the database throws.
    func read<T: Sendable>(
        _ body: @escaping @Sendable (any StoreSnapshot) throws -> T
    ) async throws -> T

    /// Like ``read(_:)``, but blocks the calling thread.
    func readAndWait<T>(_ body: (any StoreSnapshot) throws -> T) throws -> T
}

/// One unchanging state of the store; valid only inside the closure that it was passed to.
///
/// All throw what the database throws. Nothing here scans what grows, but for exports and filters that say so.
public protocol StoreSnapshot: RecordReading, BlacklistReading, HealthReading, EventReading,
    PageReading, CopyReading, CredentialReading, AuditReading
{}

/// People, tokens and sessions.
public protocol CredentialReading {
    /// All of them.
    func storedCredentials() throws -> StoredCredentials
}

/// Records, their statistics and their cameras.
public protocol RecordReading {
    /// One record by its id; nil if there is none.
    func record(id: Int64) throws -> Record?
    /// A page of the matching records, newest first, with their number.
    func records(_ query: RecordQuery) throws -> RecordPage
    /// The matching records without their number: for streams, by `beforeID`.
    func list(_ query: RecordQuery) throws -> [Record]
    /// The newest records.
    func newestRecords(_ count: Int) throws -> [Record]
    /// Records that matched the blacklist and arrived since an instant, newest alert first.
    func detections(since instant: Timestamp, limit: Int) throws -> [Record]
    /// The statistics of the dashboard.
    func statistics() throws -> Statistics
    /// All cameras, most records first.
    func cameras() throws -> [Camera]
    /// One camera by its name; nil if it is unknown.
    func camera(id: String) throws -> Camera?
}

/// The blacklist.
public protocol BlacklistReading {
    /// One entry by its id; nil if there is none.
    func blacklistEntry(id: Int64) throws -> BlacklistEntry?
    /// A page of entries, newest first; without `all`, those active at an instant.
    func blacklist(_ query: BlacklistQuery, at now: Timestamp) throws -> BlacklistPage
    /// The blacklist's statistics at an instant.
    func blacklistCounts(at now: Timestamp) throws -> BlacklistCounts
    /// The newest entries that were not removed, including expired ones.
    func newestListed(_ limit: Int) throws -> [BlacklistEntry]
    /// The entries in a range of ids that were not removed, newest first.
    func listed(ids: ClosedRange<Int64>) throws -> [BlacklistEntry]
    /// The id of the newest entry; 0 if there was never one.
    func newestListedID() throws -> Int64
    /// The lengths that pages show, by the stored clock: active entries, and those not removed.
    func listLengths() throws -> (counting: Int, notRemoved: Int)
    /// The instant up to which expiries are noted: the clock of the pages.
    func listClock() throws -> Timestamp
}

/// Health checks and reports, and the size of the database.
public protocol HealthReading {
    /// The newest check of the server; nil before the first.
    func latestHealthCheck() throws -> HealthCheck?
    /// The checks of the server since an instant, newest first.
    func healthChecks(since instant: Timestamp, limit: Int) throws -> [HealthCheck]
    /// The cameras' health reports since an instant, newest first.
    func healthReports(since instant: Timestamp, limit: Int) throws -> [KeptHealthReport]
    /// The size of the database.
    func databaseCounts(at now: Timestamp) throws -> DatabaseCounts
}

/// The event log.
public protocol EventReading {
    /// Events of some kinds after an id, of one camera if it is named, oldest first; those of deleted records are left out.
    func events(after id: Int64, limit: Int, kinds: Set<Event.Kind>, cameraID: String?) throws
        -> [Event]
    /// What changed since an event; ask again from `lastEventID` for what is beyond `limit` events.
    func changes(after eventID: Int64, limit: Int) throws -> Changes
    /// The id of the newest event of any kind; 0 if there is none.
    func newestEventID() throws -> Int64
    /// The id of the newest event of the given kinds; 0 if there is none.
    func newestEventID(of kinds: Set<Event.Kind>) throws -> Int64
    /// The id of the oldest event that the log still has; nil if it is empty.
    func oldestEventID() throws -> Int64?
    /// When an event was; nil if the log does not have it.
    func time(ofEvent id: Int64) throws -> Timestamp?
    /// The stored position of a follower of the log; nil if none is stored.
    func position(ofFollower name: String) throws -> Int64?
}

/// The audit.
public protocol AuditReading {
    /// A page of entries, newest first.
    func audit(_ query: AuditQuery) throws -> AuditPage
    /// What a verification of the whole chain finds; reads all entries.
    func auditReport() throws -> AuditReport
}

/// The queries of a copy of the records elsewhere.
public protocol CopyReading {
    /// The identity of the database.
    func siteIdentity() throws -> SiteIdentity
    /// Records after an id in the order of their ids, which is that of receipt, at most `limit`.
    func recordCopies(after id: Int64, limit: Int) throws -> [RecordCopy]
    /// Deletions and corrections of records after a change, oldest first, at most `limit`.
    func recordChanges(after id: Int64, limit: Int) throws -> RecordChangePage
}

/// What pages ask: the order of records first, which an index alone can tell, then what is shown of those that are new.
public protocol PageReading {
    /// The site's calendar.
    var calendar: SiteCalendar { get }
    /// The site's current day, as stored by the service (pages know no other clock).
    func today() throws -> Day
    /// All days that have records, with their counts, oldest first.
    func daysWithRecords() throws -> [Statistics.DayCount]
    /// The counts of the days in a range that have records.
    func dayCounts(from first: Day, to last: Day) throws -> [Day: Statistics.Count]
    /// The statistics of a day by camera and hour.
    func statistics(of day: Day) throws -> DayStatistics
    /// The ids of the newest records, newest first.
    func newestIDs(_ count: Int) throws -> [Int64]
    /// The ids of the newest records that matched the blacklist, newest first.
    func newestHitIDs(_ count: Int) throws -> [Int64]
    /// The newest records by camera, at most `count` of each.
    func newestOfCameras(_ count: Int) throws -> any NewestOfCameras
    /// How many records of a day stand at or after a key in its order.
    func countOfRecords(of day: Day, from place: SortKey) throws -> Int
    /// The keys of the `count` records of a day that come last before one in its order, oldest first; without one, the
    /// day's last.
    func sortKeys(of day: Day, before place: SortKey?, count: Int) throws -> [SortKey]
    /// Reads what tables show of records, by the thousand.
    func rowReader() throws -> any RowReader
}

/// The newest records of each camera, in one state of the store.
public protocol NewestOfCameras {
    /// The ids of a camera's, newest first.
    func ids(ofCamera number: Int64) throws -> [Int64]
}

/// Reads what tables show of records, by the thousand; only one at a time, and only on its snapshot's thread.
public protocol RowReader {
    /// The row of a record; nil if there is none.
    func row(of id: Int64) throws -> RecordRow?
    /// The rows of all records from one key to another, oldest first.
    func rows(from first: SortKey, through last: SortKey) throws -> [RecordRow]
}
