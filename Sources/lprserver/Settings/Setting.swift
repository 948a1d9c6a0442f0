/// One thing that can be set: by flag, environment, `.env`, or left at its default.
struct Setting: Sendable {
    /// What values it takes.
    enum Kind: Sendable {
        /// Any text.
        case text
        /// A text that is never shown.
        case secret
        /// A whole number in a range.
        case number(ClosedRange<Int>)
        /// Bytes in a range; `10M`, `10MiB` and `10485760` are the same.
        case bytes(ClosedRange<Int>)
        /// One of a few words.
        case choice([String])
        /// The name of a time zone.
        case timeZone
        /// Networks with commas between them.
        case networks
        /// `sqlite:///` and a path.
        case database
    }

    /// Its name in the environment.
    let name: String
    let kind: Kind
    let defaultValue: String
    /// One sentence, in English, that ends with a full stop.
    let summary: String

    init(_ name: String, _ kind: Kind, _ defaultValue: String, _ summary: String) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.summary = summary
    }

    /// Its flag: `LISTEN_ADDRESS` is `--listen-address`.
    var flag: String { "--" + name.lowercased().replacing("_", with: "-") }
}

extension Setting {
    private static let gibibyte = 1 << 30

    /// Every setting.
    ///
    /// docs/OPERATING.md holds the same table; a test compares them.
    static let all: [Setting] = places + network + sizes + times + gateway + keeping + pages

    private static let places = [
        Setting(
            "DATABASE_URL",
            .database,
            "sqlite:///storage/lprserver.db",
            "The database: sqlite:/// and a path (four slashes for one from the root)."
        ),
        Setting(
            "SQLITE_TUNING",
            .choice(["on", "off"]),
            "on",
            "Whether SQLite writes a commit's pages together and keeps its page cache in a quicker way, on tested versions."
        ),
        Setting("IMAGE_STORAGE_PATH", .text, "storage/images", "The folder of pictures."),
        Setting("PUBLIC_PATH", .text, "public", "The folder that pages are written to."),
        Setting("TEMPLATES_PATH", .text, "site-templates", "The folder of templates and assets."),
        Setting(
            "LOG_FILE",
            .text,
            "",
            "The file that the log is appended to; empty: standard error."
        ),
        Setting(
            "LOG_LEVEL",
            .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
            "info",
            "The least important kind of message that is logged."
        ),
        Setting(
            "SECRET_KEY",
            .secret,
            "",
            "Accepted for compatibility; signs sessions once people can sign in."
        ),
    ]

    private static let network = [
        Setting(
            "LISTEN_ADDRESS",
            .text,
            "127.0.0.1",
            "The address of REST and pages; only this machine's own until credentials exist."
        ),
        Setting(
            "DEFAULT_HTTP_PORT",
            .number(0...65_535),
            "5000",
            "The port of REST and pages; 0: any."
        ),
        Setting(
            "CAMERA_LISTEN_ADDRESS",
            .text,
            "127.0.0.1",
            "The address of the camera gateway; beyond this machine's own, CAMERA_NETWORKS must be set."
        ),
        Setting(
            "CAMERA_NETWORKS",
            .networks,
            "",
            "Networks with commas between them (10.20.0.0/16, fd00:20::/32) whose cameras may send."
        ),
        Setting(
            "WEBSOCKET_PORT",
            .number(0...65_535),
            "8765",
            "The port of the camera gateway; 0: any."
        ),
        Setting(
            "ALLOWED_HOSTS",
            .text,
            "",
            "Further host names, with commas between them, by which browsers may call the server."
        ),
        Setting(
            "MAX_CONNECTIONS",
            .number(8...100_000),
            "8192",
            "Connections on one listener, those of EVENT_LISTENERS_MAX included."
        ),
        Setting(
            "EVENT_LISTENERS_MAX",
            .number(1...100_000),
            "5000",
            "Browsers that listen to /events at one time."
        ),
    ]

    private static let sizes = [
        Setting("MAX_IMAGE_SIZE", .bytes(1_024...gibibyte), "10MiB", "Bytes of one picture."),
        Setting(
            "MAX_BODY_SIZE",
            .bytes(65_536...gibibyte),
            "32MiB",
            "Bytes of a body with many reads."
        ),
        Setting(
            "BODY_MEMORY_MAX",
            .bytes(1_048_576...(16 * gibibyte)),
            "40MiB",
            "Bytes of all bodies in memory at one time, at least MAX_BODY_SIZE and 8MiB; beyond, 503."
                + " Those over 8 KiB are read by turns, a fifth of it at a time."
        ),
        Setting(
            "QUEUE_READS_MAX",
            .number(1...1_000_000),
            "8192",
            "Reads that wait to be stored; beyond, 503."
        ),
        Setting(
            "QUEUE_WAIT_MAX_MS",
            .number(1...60_000),
            "10",
            "Milliseconds that reads may wait, to be stored or at a listener, for more than 250 ms on end; beyond, 503."
        ),
        Setting(
            "QUEUE_BYTES_MAX",
            .bytes(1_048_576...(16 * gibibyte)),
            "16MiB",
            "Bytes of pictures that wait to be written; beyond, 503."
        ),
        Setting("BATCH_READS_MAX", .number(1...100_000), "1000", "Reads in one commit."),
        Setting(
            "DISK_FREE_MIN",
            .bytes(0...(1_024 * gibibyte)),
            "256MiB",
            "Bytes that must be free on the disk for a read to be accepted."
        ),
    ]

    private static let times = [
        Setting(
            "HEADER_TIMEOUT_SECONDS",
            .number(1...3_600),
            "15",
            "Seconds until a new connection's headers must be complete."
        ),
        Setting(
            "BODY_TIMEOUT_SECONDS",
            .number(1...3_600),
            "60",
            "Seconds from the headers to the end of the body."
        ),
        Setting(
            "KEEP_ALIVE_SECONDS",
            .number(1...3_600),
            "75",
            "Seconds that a connection may wait for its next request."
        ),
        Setting(
            "PEER_TIMEOUT_SECONDS",
            .number(1...3_600),
            "40",
            "Seconds after which a client that acknowledges or takes nothing of what it is sent is disconnected."
        ),
        Setting(
            "HEALTH_CHECK_INTERVAL_MINUTES",
            .number(1...1_440),
            "5",
            "Minutes between two health checks."
        ),
        Setting(
            "CAMERA_SILENT_SECONDS",
            .number(10...86_400),
            "300",
            "Seconds of silence after which a camera counts as disconnected."
        ),
    ]

    private static let keeping = [
        Setting(
            "DATA_RETENTION_DAYS",
            .number(0...36_500),
            "365",
            "Days that records and pictures are kept; 0: for ever."
        ),
        Setting(
            "HEALTH_CHECK_RETENTION_DAYS",
            .number(1...36_500),
            "30",
            "Days that health checks and reports are kept."
        ),
        Setting(
            "EVENT_LOG_MAX",
            .number(1_000...100_000_000),
            "200000",
            "Events that the log holds for browsers that come back."
        ),
    ]

    private static let pages = [
        Setting(
            "TZ",
            .timeZone,
            "",
            "The site's time zone, like Asia/Bangkok; empty: the machine's own."
        ),
        Setting(
            "CAMERA_TIME_ZONE",
            .timeZone,
            "",
            "The zone of times that cameras send without an offset; empty: TZ if it is set, else UTC."
        ),
        Setting(
            "SITE_LANGUAGE",
            .choice(["th", "en"]),
            "th",
            "The language of pages, if the browser asks for neither Thai nor English."
        ),
        Setting("SITE_NAME", .text, "lprserver", "The name on every page."),
        Setting(
            "RECORDS_PER_PAGE",
            .number(1...1_000),
            "20",
            "Records on a page of GET /api/records that names no number."
        ),
        Setting(
            "ARCHIVE_PAGE_RECORDS",
            .number(10...1_000),
            "100",
            "Records on a page of the archive."
        ),
        Setting(
            "PUBLISH_DELAY_MS",
            .number(0...60_000),
            "250",
            "Milliseconds for which changes are gathered before pages are made."
        ),
        Setting(
            "PUBLISH_DELAY_MAX_MS",
            .number(0...600_000),
            "1000",
            "Milliseconds after which pages are made however many changes still come."
        ),
    ]
}
