/// Migration 14: the schema of 29 November 2026 as one step; it replaces the steps 1 to 14, which led there.
///
/// Instants are milliseconds since 1970 in UTC; `day` is days since 1970 on the site's calendar.
extension Schema {
    /// The names of the steps that it replaces; there was no 12.
    static let replacedMigrations: Set<String> = [
        "1 the spine", "2 deleted reads", "3 small records", "4 confidences of a day",
        "5 counted plates", "6 frequent plates", "7 late indexes", "8 hashed events", "9 warnings",
        "10 identity of plates", "11 refusals", "13 blacklist at scale", "14 clocks of cameras",
    ]

    static let tables = [
        notes, cameras, records, plateIndexes, dedup, counters, log, health, blacklist,
        blacklistCounts,
    ].joined(separator: "\n")

    /// The store's metadata: watermarks of its indexes, the site's state.
    private static let notes = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        INSERT INTO meta (key, value) VALUES
            ('latest_record', '0'), ('counted_record', '0'), ('counted_plate', '0'),
            ('plate_forgettings', '0'), ('event_round', '0 0 0'),
            ('event_salt', lower(hex(randomblob(12)))), ('records_per_event_run', '1048576');
        """

    /// A camera; `clock_offset` is how far its clock is ahead, in ms; `reads` and `hits` are counters.
    ///
    /// A refused read has no row: `refusals` counts them by camera, day and code.
    private static let cameras = """
        CREATE TABLE cameras (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, checkpoint TEXT,
            location TEXT, latitude REAL, longitude REAL, connected INTEGER NOT NULL,
            first_heard INTEGER NOT NULL, last_heard INTEGER NOT NULL, last_read INTEGER,
            reads INTEGER NOT NULL DEFAULT 0, hits INTEGER NOT NULL DEFAULT 0, health TEXT,
            clock_offset INTEGER, clock_measured INTEGER
        );
        CREATE TABLE refusals (
            camera INTEGER NOT NULL, day INTEGER NOT NULL, code TEXT NOT NULL,
            count INTEGER NOT NULL, field TEXT, message TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (camera, day, code)
        ) WITHOUT ROWID;
        """

    /// A record names its plate and its place by their ids, which other records share; `delay` is the ms from `seen` to the
    /// receipt, below 0 if a camera's clock is a little ahead; `percent` is the integer percent of `confidence`.
    ///
    /// Ids of records and events are given by the writer (``StoreWriter/latestRecordID``): an `AUTOINCREMENT` would read
    /// and write a row of `sqlite_sequence` for each of them. `event_id` is packed (``PackedEventID``). `warnings` is a JSON
    /// array. A place's id is that of the first record that names it. What is left of a deleted read is enough to know it
    /// when its camera sends it again.
    private static let records = """
        CREATE TABLE plates (
            id INTEGER PRIMARY KEY, number TEXT NOT NULL, province INTEGER NOT NULL,
            text TEXT NOT NULL, UNIQUE (number, province)
        );
        CREATE TABLE places (
            id INTEGER PRIMARY KEY, camera INTEGER NOT NULL,
            text TEXT, latitude REAL, longitude REAL
        );
        CREATE TABLE records (
            id INTEGER PRIMARY KEY, camera INTEGER NOT NULL, plate INTEGER NOT NULL,
            seen INTEGER NOT NULL, delay INTEGER NOT NULL, hit INTEGER NOT NULL, percent INTEGER,
            confidence REAL, place INTEGER, event_id, picture TEXT,
            claimed INTEGER, spelling TEXT, details TEXT,
            warnings TEXT
        );
        CREATE TABLE deleted_reads (
            camera INTEGER NOT NULL, event_id TEXT NOT NULL, record INTEGER NOT NULL,
            at INTEGER NOT NULL, PRIMARY KEY (camera, event_id)
        ) WITHOUT ROWID;
        CREATE INDEX records_by_time ON records (seen);
        CREATE INDEX records_hit ON records (seen, camera, plate) WHERE hit > 0;
        """

    /// Derived from the records: ``PackedPlateTable``, ``HeavyHitterCounts`` and ``DeferredIndexes``.
    private static let plateIndexes = """
        CREATE TABLE plate_numbers (page INTEGER PRIMARY KEY, numbers BLOB NOT NULL);
        CREATE TABLE plate_reads (page INTEGER PRIMARY KEY, reads BLOB NOT NULL);
        CREATE TABLE plate_cameras (plate INTEGER PRIMARY KEY, reads BLOB NOT NULL);
        CREATE TABLE plate_records (
            plate INTEGER NOT NULL, seen INTEGER NOT NULL, id INTEGER NOT NULL,
            camera INTEGER NOT NULL, PRIMARY KEY (plate, seen, id)
        ) WITHOUT ROWID;
        CREATE TABLE camera_records (
            camera INTEGER NOT NULL, seen INTEGER NOT NULL, id INTEGER NOT NULL,
            plate INTEGER NOT NULL, percent INTEGER, PRIMARY KEY (camera, seen, id)
        ) WITHOUT ROWID;
        """

    /// Derived from the records: ``DedupBuckets`` and ``DedupBloomFilters``.
    private static let dedup = """
        CREATE TABLE event_buckets (id INTEGER PRIMARY KEY, entries BLOB NOT NULL);
        CREATE TABLE event_filters (
            run INTEGER NOT NULL, part INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY (run, part)
        );
        """

    /// Derived from the records: no statistic ever scans them.
    ///
    /// `percents` is a ``PercentHistogram``.
    private static let counters = """
        CREATE TABLE hours (
            day INTEGER NOT NULL, hour INTEGER NOT NULL, camera INTEGER NOT NULL,
            reads INTEGER NOT NULL, hits INTEGER NOT NULL, PRIMARY KEY (day, hour, camera)
        ) WITHOUT ROWID;
        CREATE TABLE days (
            day INTEGER PRIMARY KEY, reads INTEGER NOT NULL, hits INTEGER NOT NULL,
            percents BLOB
        );
        """

    /// The event log, which followers read; alerts; detections; the audit log.
    private static let log = """
        CREATE TABLE events (
            id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, at INTEGER NOT NULL,
            camera INTEGER, subject INTEGER, data TEXT
        );
        CREATE TABLE alerts (
            id INTEGER PRIMARY KEY AUTOINCREMENT, record INTEGER NOT NULL UNIQUE,
            entry INTEGER NOT NULL, certain INTEGER NOT NULL, reason TEXT NOT NULL,
            raised INTEGER NOT NULL
        );
        CREATE TABLE detections (
            id INTEGER PRIMARY KEY AUTOINCREMENT, camera INTEGER NOT NULL, received INTEGER NOT NULL,
            claimed INTEGER, checkpoint TEXT, vehicles INTEGER NOT NULL, plates INTEGER NOT NULL,
            first_record INTEGER, event_id TEXT
        );
        CREATE UNIQUE INDEX detections_by_event ON detections (camera, event_id)
            WHERE event_id IS NOT NULL;
        CREATE INDEX detections_by_time ON detections (received);
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL,
            address TEXT, action TEXT NOT NULL, subject TEXT, detail TEXT
        );
        """

    /// Health reports of cameras and health checks of the service.
    private static let health = """
        CREATE TABLE health_reports (
            id INTEGER PRIMARY KEY AUTOINCREMENT, camera INTEGER NOT NULL, at INTEGER NOT NULL,
            component TEXT NOT NULL, status TEXT NOT NULL, message TEXT NOT NULL, details TEXT
        );
        CREATE INDEX health_reports_by_time ON health_reports (at);
        CREATE TABLE health_checks (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, overall TEXT NOT NULL,
            report TEXT NOT NULL
        );
        CREATE INDEX health_checks_by_time ON health_checks (at);
        """

    /// Entries are never deleted by the service: a removed one is not `active`.
    ///
    /// Pages and expiry find entries by the indexes: no change looks at all of them.
    private static let blacklist = """
        CREATE TABLE blacklist (
            id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, number TEXT NOT NULL,
            province INTEGER NOT NULL, reason TEXT NOT NULL, added_by TEXT NOT NULL,
            expiry TEXT, expires INTEGER, notes TEXT, active INTEGER NOT NULL,
            created INTEGER NOT NULL, updated INTEGER NOT NULL, removed_by TEXT
        );
        CREATE UNIQUE INDEX blacklist_active ON blacklist (number, province) WHERE active;
        CREATE INDEX blacklist_listed ON blacklist (id, expires) WHERE active;
        CREATE INDEX blacklist_expiring ON blacklist (expires) WHERE active AND expires IS NOT NULL;
        """

    /// Derived from the blacklist: `kind` says what is counted (``BlacklistCount``); `minute` = minutes since 1970.
    ///
    /// Kept by triggers, so that entries of scripts count that write into the database of a stopped service.
    private static let blacklistCounts = """
        CREATE TABLE blacklist_counts (
            kind INTEGER NOT NULL, minute INTEGER NOT NULL, entries INTEGER NOT NULL,
            PRIMARY KEY (kind, minute)
        ) WITHOUT ROWID;
        INSERT INTO blacklist_counts VALUES (0, 0, 0), (1, 0, 0);
        CREATE TRIGGER blacklist_added AFTER INSERT ON blacklist BEGIN
            UPDATE blacklist_counts SET entries = entries + 1 WHERE kind = 0 AND minute = 0;
            INSERT INTO blacklist_counts VALUES (2, NEW.created / 60000, 1)
                ON CONFLICT DO UPDATE SET entries = entries + 1;
            UPDATE blacklist_counts SET entries = entries + 1
                WHERE NEW.active AND kind = 1 AND minute = 0;
            INSERT INTO blacklist_counts SELECT 3, NEW.expires / 60000, 1
                WHERE NEW.active AND NEW.expires IS NOT NULL
                ON CONFLICT DO UPDATE SET entries = entries + 1;
        END;
        CREATE TRIGGER blacklist_changed AFTER UPDATE OF active, expires ON blacklist BEGIN
            UPDATE blacklist_counts SET entries = entries + (NEW.active <> 0) - (OLD.active <> 0)
                WHERE kind = 1 AND minute = 0;
            UPDATE blacklist_counts SET entries = entries - 1
                WHERE OLD.active AND kind = 3 AND minute = OLD.expires / 60000;
            DELETE FROM blacklist_counts
                WHERE kind = 3 AND minute = OLD.expires / 60000 AND entries = 0;
            INSERT INTO blacklist_counts SELECT 3, NEW.expires / 60000, 1
                WHERE NEW.active AND NEW.expires IS NOT NULL
                ON CONFLICT DO UPDATE SET entries = entries + 1;
        END;
        CREATE TRIGGER blacklist_deleted AFTER DELETE ON blacklist BEGIN
            UPDATE blacklist_counts SET entries = entries - 1 WHERE kind = 0 AND minute = 0;
            UPDATE blacklist_counts SET entries = entries - 1
                WHERE kind = 2 AND minute = OLD.created / 60000;
            UPDATE blacklist_counts SET entries = entries - 1
                WHERE OLD.active AND kind = 1 AND minute = 0;
            UPDATE blacklist_counts SET entries = entries - 1
                WHERE OLD.active AND kind = 3 AND minute = OLD.expires / 60000;
        END;
        """
}
