/// One setting, given by flag, environment or `.env`, else at its default.
struct Setting: Sendable {
    /// The type of its values.
    enum Kind: Sendable {
        /// Any string.
        case text
        /// A string that is never printed.
        case secret
        /// An integer in a range.
        case number(ClosedRange<Int>)
        /// A size in bytes, in a range; `10M`, `10MiB` and `10485760` are the same.
        case bytes(ClosedRange<Int>)
        /// One of a few words.
        case choice([String])
        /// The identifier of a time zone.
        case timeZone
        /// Comma-separated networks.
        case networks
        /// The name of an HTTP header.
        case headerName
        /// `sqlite:///` and a path.
        case database
    }

    /// The environment variable.
    let name: String
    let kind: Kind
    let defaultValue: String
    /// One sentence in English that ends with a full stop.
    let summary: String

    init(_ name: String, _ kind: Kind, _ defaultValue: String, _ summary: String) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.summary = summary
    }

    /// The flag: `LISTEN_ADDRESS` is `--listen-address`.
    var flag: String { "--" + name.lowercased().replacing("_", with: "-") }
}

extension Setting {
    private static let gibibyte = 1 << 30

    /// Every setting.
    ///
    /// docs/OPERATING.md has the same table; a test compares them.
    static let all: [Setting] =
        places + network + access + sizes + times + gateway + keeping + pages

    private static let places = [
        Setting(
            "DATABASE_URL",
            .database,
            "sqlite:///storage/lprserver.db",
            "Database URL: sqlite:/// and a path (four slashes for an absolute path)."
        ),
        Setting(
            "SQLITE_TUNING",
            .choice(["on", "off"]),
            "on",
            "Batches WAL writes and replaces SQLite's page cache, on tested SQLite versions only."
        ),
        Setting("IMAGE_STORAGE_PATH", .text, "storage/images", "Folder of the pictures."),
        Setting("PUBLIC_PATH", .text, "public", "Folder that the pages are published to."),
        Setting("TEMPLATES_PATH", .text, "site-templates", "Folder of the templates and assets."),
        Setting("LOG_FILE", .text, "", "Log file, appended to; empty: standard error."),
        Setting(
            "LOG_LEVEL",
            .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
            "info",
            "Minimum log level."
        ),
        Setting(
            "SECRET_KEY",
            .secret,
            "",
            "Accepted for compatibility; not used: sessions are random, not signed."
        ),
    ]

    private static let network = [
        Setting(
            "LISTEN_ADDRESS",
            .text,
            "127.0.0.1",
            "Listen address of REST and pages; any other than loopback requires an admin and PLAIN_HTTP."
        ),
        Setting(
            "DEFAULT_HTTP_PORT",
            .number(0...65_535),
            "5000",
            "Port of REST and pages; 0: any free port."
        ),
        Setting(
            "CAMERA_LISTEN_ADDRESS",
            .text,
            "127.0.0.1",
            "Listen address of the camera gateway; any other than loopback requires CAMERA_NETWORKS, or an admin and PLAIN_HTTP."
        ),
        Setting(
            "CAMERA_NETWORKS",
            .networks,
            "",
            "Comma-separated networks (10.20.0.0/16, fd00:20::/32) whose cameras may send."
        ),
        Setting(
            "WEBSOCKET_PORT",
            .number(0...65_535),
            "8765",
            "Port of the camera gateway; 0: any free port."
        ),
        Setting(
            "ALLOWED_HOSTS",
            .text,
            "",
            "Comma-separated further host names by which browsers may call the server."
        ),
        Setting(
            "MAX_CONNECTIONS",
            .number(8...100_000),
            "8192",
            "Maximum connections per listener, event streams included."
        ),
        Setting(
            "EVENT_LISTENERS_MAX",
            .number(1...100_000),
            "5000",
            "Maximum concurrent /events streams."
        ),
    ]

    private static let sizes = [
        Setting(
            "MAX_IMAGE_SIZE",
            .bytes(1_024...gibibyte),
            "10MiB",
            "Maximum size of one picture."
        ),
        Setting(
            "MAX_BODY_SIZE",
            .bytes(65_536...gibibyte),
            "32MiB",
            "Maximum size of a request body with many reads."
        ),
        Setting(
            "BODY_MEMORY_MAX",
            .bytes(1_048_576...(16 * gibibyte)),
            "40MiB",
            "Memory for all request bodies, at least MAX_BODY_SIZE and 8MiB; if it is exceeded, 503."
                + " Bodies over 8 KiB are admitted in turn; at most one fifth of this is in flight."
        ),
        Setting(
            "QUEUE_READS_MAX",
            .number(1...1_000_000),
            "8192",
            "Maximum queued reads; if it is exceeded, 503."
        ),
        Setting(
            "QUEUE_WAIT_MAX_MS",
            .number(1...60_000),
            "10",
            "Target queueing delay in milliseconds. If it is exceeded for 250 ms, new reads get 503."
        ),
        Setting(
            "QUEUE_BYTES_MAX",
            .bytes(1_048_576...(16 * gibibyte)),
            "16MiB",
            "Maximum bytes of queued pictures; if it is exceeded, 503."
        ),
        Setting("BATCH_READS_MAX", .number(1...100_000), "1000", "Maximum reads per commit."),
        Setting(
            "DISK_FREE_MIN",
            .bytes(0...(1_024 * gibibyte)),
            "256MiB",
            "Minimum free disk space; below it, reads are refused."
        ),
    ]

    private static let times = [
        Setting(
            "HEADER_TIMEOUT_SECONDS",
            .number(1...3_600),
            "15",
            "Time limit for a request's headers, in seconds."
        ),
        Setting(
            "BODY_TIMEOUT_SECONDS",
            .number(1...3_600),
            "60",
            "Time limit for a request's body, in seconds."
        ),
        Setting(
            "KEEP_ALIVE_SECONDS",
            .number(1...3_600),
            "75",
            "Idle time after which a keep-alive connection is closed, in seconds."
        ),
        Setting(
            "PEER_TIMEOUT_SECONDS",
            .number(1...3_600),
            "40",
            "Seconds without progress after which a client that does not receive is disconnected."
        ),
        Setting(
            "HEALTH_CHECK_INTERVAL_MINUTES",
            .number(1...1_440),
            "5",
            "Interval between health checks, in minutes."
        ),
        Setting(
            "CAMERA_SILENT_SECONDS",
            .number(10...86_400),
            "300",
            "Seconds without a message after which a camera counts as disconnected."
        ),
    ]

    private static let pages = [
        Setting(
            "TZ",
            .timeZone,
            "",
            "Time zone of the site, like Asia/Bangkok; empty: the machine's time zone."
        ),
        Setting(
            "CAMERA_TIME_ZONE",
            .timeZone,
            "",
            "Time zone of camera times without an offset; empty: TZ if set, else UTC."
        ),
        Setting(
            "SITE_LANGUAGE",
            .choice(["th", "en"]),
            "th",
            "Language of the pages if the browser accepts neither Thai nor English."
        ),
        Setting("SITE_NAME", .text, "lprserver", "Site name, shown on every page."),
        Setting(
            "RECORDS_PER_PAGE",
            .number(1...1_000),
            "20",
            "Default page size of GET /api/records."
        ),
        Setting(
            "ARCHIVE_PAGE_RECORDS",
            .number(10...1_000),
            "100",
            "Records per archive page."
        ),
        Setting(
            "PUBLISH_DELAY_MS",
            .number(0...60_000),
            "250",
            "Delay that batches changes before pages are rendered, in milliseconds."
        ),
        Setting(
            "PUBLISH_DELAY_MAX_MS",
            .number(0...600_000),
            "1000",
            "Maximum delay before pages are rendered, however many changes arrive, in milliseconds."
        ),
    ]
}
