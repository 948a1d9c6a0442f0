/// Every bound of the service in one place, each with its reason.
///
/// The defaults suit a small Linux box; the settings table (docs/OPERATING.md) names those that can be
/// set.
public struct Limits: Sendable, Equatable {
    // Values

    /// Characters of a `camera_id`: WIRE's contract.
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
    /// Characters of a name of a person (`added_by`, `removed_by`).
    public var personCharactersMax = 100
    /// Bytes of a read's further details, kept as JSON.
    public var detailsBytesMax = 4_096
    /// Bytes of a health report's details, kept as JSON.
    public var healthDetailsBytesMax = 8_192
    /// Warnings that an answer and a record list; a detection of thousands of broken results needs no more.
    public var warningsMax = 100
    /// Reads in one array, NDJSON body or detection.
    public var batchReadsMax = 10_000
    /// Entries of the blacklist in one array, NDJSON or CSV body.
    public var batchEntriesMax = 10_000
    /// Milliseconds that a camera's clock may be ahead before a read is flagged: WIRE's 5 minutes.
    public var clockAheadMillisecondsMax: Int64 = 5 * 60 * 1_000

    /// A camera's time before this is that of a clock that was lost (2015-01-01T00:00:00Z).
    public static let earliestCameraTime = Timestamp(milliseconds: 1_420_070_400_000)

    // Bodies

    /// Bytes of one decoded picture (`MAX_IMAGE_SIZE`).
    public var pictureBytesMax = 10 * 1_024 * 1_024
    /// Bytes of a body with many reads (`MAX_BODY_SIZE`).
    public var bodyBytesMax = 32 * 1_024 * 1_024
    /// Bytes of all bodies that are in memory at one time (`BODY_MEMORY_MAX`): one of the largest kind and
    /// two hundred pictures, or a thousand pictures.
    public var bodyMemoryMax = 40 * 1_024 * 1_024
    /// Levels of nesting in JSON: deeper is a bomb, not a read.
    public var jsonDepthMax = 32
    /// Values in the JSON of one socket message: a read has twenty, a full detection some thousands.
    public var messageValuesMax = 100_000

    // Connections

    /// Connections on one listener (`MAX_CONNECTIONS`): all who may listen to events, and 3,000 others.
    public var connectionsMax = 8_192
    /// Seconds until a new connection's headers must be complete (`HEADER_TIMEOUT_SECONDS`).
    public var headerSeconds = 15
    /// Seconds from headers to the end of the body (`BODY_TIMEOUT_SECONDS`).
    public var bodySeconds = 60
    /// Seconds from an answer to the next request's complete headers (`KEEP_ALIVE_SECONDS`).
    public var keepAliveSeconds = 75
    /// Seconds for which a peer may acknowledge nothing of what it is sent, or take nothing
    /// (`PEER_TIMEOUT_SECONDS`); events' heartbeats, every 10 s, make a dead listener known within a minute.
    public var peerSilenceSeconds = 40
    /// Seconds that answers in flight get when the service stops.
    public var stopSeconds = 10
    /// Browsers that listen to `/events` at one time (`EVENT_LISTENERS_MAX`).
    public var eventListenersMax = 5_000
    /// Bytes that wait for one listener before it is disconnected (it resumes by `Last-Event-ID`).
    public var eventBacklogBytesMax = 1_024 * 1_024

    // Recorder

    /// Reads that wait for the writer (`QUEUE_READS_MAX`); beyond: 503.
    public var queueReadsMax = 8_192
    /// Milliseconds that reads may wait for the writer for longer than a moment (`QUEUE_WAIT_MAX_MS`).
    ///
    /// Beyond: 503 for some, so that the others are not later with each client more. At full load, which
    /// 256 cameras make that never pause, reads wait half as long.
    public var queueWaitMillisecondsMax: Int64 = 10
    /// Bytes of pictures that wait to be written (`QUEUE_BYTES_MAX`); beyond: 503.
    public var queueBytesMax = 16 * 1_024 * 1_024
    /// Reads in one commit (`BATCH_READS_MAX`): bounds how long one commit takes.
    public var commitReadsMax = 1_000
    /// Entries of the blacklist that are kept in one commit: bounds how long reads wait beside a long import.
    public var commitEntriesMax = 64
    /// Records that wait until they are entered together in the indexes by plate and by camera, and counted plate by
    /// plate: readers remember those that wait, and each page is written once for so many.
    public var recordsPerPlateCount = 8_192
    /// Event ids of the newest records that wait in memory until they are entered in their index: the more, the fewer
    /// pages are written for each, and the more records a start reads.
    public var dedupMemtableMax = 16_384
    /// Records from which on a plate's are counted camera by camera, too: fewer are counted in half a
    /// millisecond when somebody asks.
    public var recordsPerFrequentPlate = 10_000
    /// Bytes of the database's write-ahead log, beyond which it is folded in as soon as readers allow.
    public var logBytesMax = 64 * 1_024 * 1_024
    /// Whether SQLite is asked to do some things in another way (`SQLITE_TUNING`).
    public var tunesSQLite = true
    /// Bytes that must be free on the disk for a read to be accepted (`DISK_FREE_MIN`).
    public var diskFreeMin: Int64 = 256 * 1_024 * 1_024

    // What is kept

    /// Events that the log holds for those who resume (`EVENT_LOG_MAX`).
    public var eventLogMax = 200_000
    /// Days that records are kept (`DATA_RETENTION_DAYS`); 0 = for ever.
    public var retentionDays = 365
    /// Days that health checks and reports are kept (`HEALTH_CHECK_RETENTION_DAYS`).
    public var healthRetentionDays = 30
    /// Seconds of silence after which a camera counts as disconnected (`CAMERA_SILENT_SECONDS`).
    public var cameraSilentSeconds = 300

    /// Pictures without a record that a crash can have left of a day of which no picture is known: a moment's.
    ///
    /// More are another database's, and stay where they are.
    public static let orphansOfUnknownDayMax = 100

    /// Days that pictures without a record are kept once they were moved aside.
    public static let orphanDays = 30
    /// Seconds that the server's clock may be ahead of what is known of the time: more is a jump, or a long rest.
    public static let clockJumpSecondsMax = 86_400
    /// Seconds that the service runs after such a jump until the clock is believed and retention goes on.
    public static let retentionHoldSeconds = 86_400

    // Refusals

    /// Seconds between two log lines about the same code of the same camera, the first aside; the lines count.
    public var refusalLineSeconds = 60
    /// Pairs of camera and code that the log and the counters remember; others share one line, so that names that a
    /// client makes up fill neither memory nor disk.
    public var refusalKindsMax = 1_000
    /// Seconds for which refusals are gathered before they are counted at their cameras in one commit.
    public var refusalWriteSeconds = 10

    // Pages of answers

    /// Records a page where the query does not say (`RECORDS_PER_PAGE`).
    public var recordsPerPage = 20
    /// Records a page at the most: WIRE's `per_page ≤ 1000`.
    public var recordsPerPageMax = 1_000

    /// The defaults.
    public init() {}

    /// Bytes of a body with one read: its picture in base64 and room for the other fields.
    public var readBodyBytesMax: Int { pictureBytesMax / 3 * 4 + 64 * 1_024 }
}
