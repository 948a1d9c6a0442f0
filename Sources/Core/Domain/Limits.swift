/// All limits of the service, each with its reason.
///
/// The defaults suit a small Linux machine; the settings table (docs/OPERATING.md) names those that can be set.
public struct Limits: Sendable, Equatable {
    // Values

    /// Characters of a `camera_id`, fixed by the wire contract.
    public var cameraIDCharactersMax = 50
    /// Characters of a `plate_number` after trimming: a Thai plate with the longest province has 26.
    public var plateCharactersMax = 40
    /// Characters of a `location`.
    public var locationCharactersMax = 100
    /// Characters of an `event_id`: room for a UUID with a prefix.
    public var eventIDCharactersMax = 100
    /// Characters of a blacklist entry's `reason`.
    public var reasonCharactersMax = 200
    /// Characters of a blacklist entry's `notes`.
    public var notesCharactersMax = 1_000
    /// Characters of what a look-up is for.
    public static let purposeCharactersMax = 200
    /// Characters of a name of a person (`added_by`, `removed_by`).
    public var personCharactersMax = 100
    /// Bytes of a read's additional details, stored as JSON.
    public var detailsBytesMax = 4_096
    /// Levels of objects and arrays in a read's additional details: candidates with their boxes have four.
    public var detailsDepthMax = 8
    /// Values in a read's additional details, at any level: ten candidates and a vehicle have a hundred.
    public var detailsValuesMax = 256
    /// Bytes of a health report's details, stored as JSON.
    public var healthDetailsBytesMax = 8_192
    /// Warnings listed in an answer and a record; a detection with thousands of invalid results needs no more.
    public var warningsMax = 100
    /// Reads in one array, NDJSON body or detection.
    public var batchReadsMax = 10_000
    /// Entries of the blacklist in one array, NDJSON or CSV body.
    public var batchEntriesMax = 10_000
    /// Milliseconds that a camera's clock may be ahead before a read is flagged: 5 minutes, fixed by the wire
    /// contract.
    public var clockAheadMillisecondsMax: Int64 = 5 * 60 * 1_000

    /// A camera time before this comes from a clock that was reset (2015-01-01T00:00:00Z).
    public static let earliestCameraTime = Timestamp(milliseconds: 1_420_070_400_000)

    // Bodies

    /// Bytes of one decoded picture (`MAX_IMAGE_SIZE`).
    public var pictureBytesMax = 10 * 1_024 * 1_024
    /// Bytes of a body with many reads (`MAX_BODY_SIZE`).
    public var bodyBytesMax = 32 * 1_024 * 1_024
    /// Bytes of all request bodies in memory (`BODY_MEMORY_MAX`): one of the largest kind and two hundred pictures,
    /// or a thousand pictures.
    public var bodyMemoryMax = 40 * 1_024 * 1_024
    /// Levels of nesting in JSON: deeper input is malicious.
    public var jsonDepthMax = 32
    /// Values in the JSON of one socket message: a read has twenty, a full detection some thousands.
    public var messageValuesMax = 100_000

    // Connections

    /// Connections per listener (`MAX_CONNECTIONS`): the event streams, and 3,000 others.
    public var connectionsMax = 8_192
    /// Time limit for a new connection's headers, in seconds (`HEADER_TIMEOUT_SECONDS`).
    public var headerSeconds = 15
    /// Time limit from the headers to the end of the body, in seconds (`BODY_TIMEOUT_SECONDS`).
    public var bodySeconds = 60
    /// Time limit from an answer to the next request's complete headers, in seconds (`KEEP_ALIVE_SECONDS`).
    public var keepAliveSeconds = 75
    /// Seconds without progress after which a peer is disconnected (`PEER_TIMEOUT_SECONDS`); with the event heartbeat
    /// every 10 s, a dead client is detected within a minute.
    public var peerSilenceSeconds = 40
    /// Seconds that answers in flight get when the service stops.
    public var stopSeconds = 10
    /// Concurrent `/events` streams (`EVENT_LISTENERS_MAX`).
    public var eventListenersMax = 5_000
    /// Unsent bytes of one event stream before it is disconnected (it resumes by `Last-Event-ID`).
    public var eventBacklogBytesMax = 1_024 * 1_024

    // Recorder

    /// Queued reads (`QUEUE_READS_MAX`); beyond: 503.
    public var queueReadsMax = 8_192
    /// Target queueing delay in milliseconds (`QUEUE_WAIT_MAX_MS`).
    ///
    /// If it is exceeded for an interval, some reads get 503, so that the delay of the others does not grow with each
    /// client. At full load, from 256 cameras without pauses, reads wait half as long.
    public var queueWaitMillisecondsMax: Int64 = 10
    /// Bytes of queued pictures (`QUEUE_BYTES_MAX`); beyond: 503.
    public var queueBytesMax = 16 * 1_024 * 1_024
    /// Reads per commit (`BATCH_READS_MAX`): bounds the duration of a commit.
    public var commitReadsMax = 1_000
    /// Blacklist entries per commit: bounds how long reads wait beside a long import.
    public var commitEntriesMax = 64
    /// Records that wait before they are counted per plate and inserted into the deferred indexes together: readers
    /// cache the waiting records, and each page is written once for so many.
    public var recordsPerPlateCount = 8_192
    /// Event ids in the dedup memtable before they are flushed: the more, the fewer page writes per id, and the more
    /// records a start reads.
    public var dedupMemtableMax = 16_384
    /// The record count from which on a plate is counted per camera, too: fewer are counted in half a millisecond per
    /// query.
    public var recordsPerFrequentPlate = 10_000
    /// Bytes of the WAL beyond which it is checkpointed as soon as readers allow.
    public var logBytesMax = 64 * 1_024 * 1_024
    /// Whether SQLite is tuned (`SQLITE_TUNING`).
    public var tunesSQLite = true
    /// Minimum free disk space in bytes, below which reads are refused (`DISK_FREE_MIN`).
    public var diskFreeMin: Int64 = 256 * 1_024 * 1_024

    // What is kept

    /// Events kept in the event log for clients that resume (`EVENT_LOG_MAX`).
    public var eventLogMax = 200_000
    /// Retention of records in days (`DATA_RETENTION_DAYS`); 0: forever.
    public var retentionDays = 365
    /// Retention of the list of deletions and corrections, for copies of the records elsewhere, in days
    /// (`CHANGE_LIST_RETENTION_DAYS`); 0: forever.
    public var changeRetentionDays = 400
    /// Retention of the audit in days, whatever that of records is (`AUDIT_RETENTION_DAYS`); 0: forever.
    public var auditRetentionDays = 730
    /// Retention of health checks and reports in days (`HEALTH_CHECK_RETENTION_DAYS`).
    public var healthRetentionDays = 30
    /// Seconds without a message after which a camera counts as disconnected (`CAMERA_SILENT_SECONDS`).
    public var cameraSilentSeconds = 300

    /// Pictures without a record that a crash can leave on a day without known pictures: those of a moment.
    ///
    /// More belong to another database, and stay in place.
    public static let orphansOfUnknownDayMax = 100

    /// Entries of the audit that retention removes in one commit.
    static let auditRemovalMax = 1_000

    /// Days that orphaned pictures are kept after they were moved aside.
    public static let orphanDays = 30
    /// Seconds that the server's clock may be ahead of the last known time: more is a jump, or a long pause.
    public static let clockJumpSecondsMax = 86_400
    /// Seconds that the service runs after such a jump until the clock is trusted and retention resumes.
    public static let retentionHoldSeconds = 86_400

    // Refusals

    /// Seconds between two log lines about the same code of the same camera, except the first; lines carry a count.
    public var refusalLineSeconds = 60
    /// Pairs of camera and code that the log and the counters track; others share one line, so that invented names
    /// fill neither memory nor disk.
    public var refusalKindsMax = 1_000
    /// Clients whose refused attempts are kept apart in the audit; others share one entry.
    public var refusedAttemptKindsMax = 16
    /// Seconds for which refusals are batched before they are counted at their cameras in one commit.
    public var refusalWriteSeconds = 10

    // Pages of answers

    /// Default page size of records (`RECORDS_PER_PAGE`).
    public var recordsPerPage = 20
    /// Maximum page size of records: the wire contract's `per_page ≤ 1000`.
    public var recordsPerPageMax = 1_000

    /// The defaults.
    public init() {}

    /// Bytes of a body with one read: its picture in base64 and room for the other fields.
    public var readBodyBytesMax: Int { pictureBytesMax / 3 * 4 + 64 * 1_024 }
}
