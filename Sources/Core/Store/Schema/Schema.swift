import GRDB

/// The tables.
///
/// Migrations are only ever appended.
///
/// Instants are milliseconds since 1970 in UTC; `day` is days since 1970 on the site's calendar.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 the spine") { db in
            try db.execute(sql: spine)
        }
        migrator.registerMigration("2 deleted reads") { db in
            try db.execute(sql: deletedReads)
        }
        migrator.registerMigration("3 small records") { db in
            try makeRecordsSmall(db)
        }
        migrator.registerMigration("4 confidences of a day") { db in
            // How many of the day's records have each whole percent (PercentHistogram). An unknown time
            // zone makes the next start count everything anew.
            try db.execute(
                sql: """
                    ALTER TABLE days ADD COLUMN percents BLOB;
                    UPDATE meta SET value = '' WHERE key = 'time_zone';
                    """
            )
        }
        migrator.registerMigration("5 counted plates") { db in
            try countPlates(db)
        }
        migrator.registerMigration("6 frequent plates") { db in
            try countFrequentPlates(db)
        }
        migrator.registerMigration("7 late indexes") { db in
            try makeIndexesLate(db)
        }
        migrator.registerMigration("8 hashed events") { db in
            try indexEvents(db)
        }
        registerLater(&migrator)
        return migrator
    }

    private static func registerLater(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("9 warnings") { db in
            // What was wrong with a read's optional parts, as a JSON array.
            try db.execute(sql: "ALTER TABLE records ADD COLUMN warnings TEXT")
        }
        migrator.registerMigration("10 identity of plates") { db in
            try renewPlates(db)
        }
        migrator.registerMigration("11 refusals") { db in
            try db.execute(sql: refusals)
        }
        migrator.registerMigration("13 blacklist at scale") { db in
            try countBlacklist(db)
        }
        migrator.registerMigration("14 clocks of cameras") { db in
            // How far a camera's clock is ahead, in ms, and when that was measured.
            try db.execute(
                sql: """
                    ALTER TABLE cameras ADD COLUMN clock_offset INTEGER;
                    ALTER TABLE cameras ADD COLUMN clock_measured INTEGER;
                    """
            )
        }
    }

    /// What is left of a read that an operator deleted: enough to know it when its camera, which did not
    /// hear the acknowledgement, sends it again.
    private static let deletedReads = """
        CREATE TABLE deleted_reads (
            camera INTEGER NOT NULL, event_id TEXT NOT NULL, record INTEGER NOT NULL,
            at INTEGER NOT NULL, PRIMARY KEY (camera, event_id)
        ) WITHOUT ROWID;
        """

    private static let spine = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE cameras (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, checkpoint TEXT,
            location TEXT, latitude REAL, longitude REAL, connected INTEGER NOT NULL,
            first_heard INTEGER NOT NULL, last_heard INTEGER NOT NULL, last_read INTEGER,
            reads INTEGER NOT NULL DEFAULT 0, hits INTEGER NOT NULL DEFAULT 0, health TEXT
        );

        -- One row for each distinct plate: records carry its number, searches scan plates.
        CREATE TABLE plates (
            id INTEGER PRIMARY KEY, number TEXT NOT NULL, province INTEGER NOT NULL,
            text TEXT NOT NULL, UNIQUE (number, province)
        );

        CREATE TABLE records (
            id INTEGER PRIMARY KEY AUTOINCREMENT, camera INTEGER NOT NULL, plate INTEGER NOT NULL,
            seen INTEGER NOT NULL, received INTEGER NOT NULL, claimed INTEGER,
            confidence REAL, hit INTEGER NOT NULL, spelling TEXT,
            location TEXT, latitude REAL, longitude REAL,
            picture TEXT, event_id TEXT, details TEXT
        );
        CREATE INDEX records_by_time ON records (seen);
        CREATE INDEX records_by_plate ON records (plate, seen);
        CREATE INDEX records_by_camera ON records (camera, seen);
        CREATE INDEX records_hit ON records (seen) WHERE hit > 0;
        CREATE UNIQUE INDEX records_by_event ON records (camera, event_id)
            WHERE event_id IS NOT NULL;

        CREATE TABLE blacklist (
            id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, number TEXT NOT NULL,
            province INTEGER NOT NULL, reason TEXT NOT NULL, added_by TEXT NOT NULL,
            expiry TEXT, expires INTEGER, notes TEXT, active INTEGER NOT NULL,
            created INTEGER NOT NULL, updated INTEGER NOT NULL, removed_by TEXT
        );
        CREATE UNIQUE INDEX blacklist_active ON blacklist (number, province) WHERE active;

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

        -- Counters, kept in the commit: no statistic ever scans records.
        CREATE TABLE hours (
            day INTEGER NOT NULL, hour INTEGER NOT NULL, camera INTEGER NOT NULL,
            reads INTEGER NOT NULL, hits INTEGER NOT NULL, PRIMARY KEY (day, hour, camera)
        ) WITHOUT ROWID;
        CREATE TABLE days (
            day INTEGER PRIMARY KEY, reads INTEGER NOT NULL, hits INTEGER NOT NULL
        );

        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, at INTEGER NOT NULL,
            camera INTEGER, subject INTEGER, data TEXT
        );

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

        CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL,
            address TEXT, action TEXT NOT NULL, subject TEXT, detail TEXT
        );
        """
}

extension Event.Kind {
    /// How the event log writes it down.
    ///
    /// Never renumbered.
    var code: Int {
        switch self {
        case .read: 1
        case .alert: 2
        case .camera: 3
        case .blacklist: 4
        case .health: 5
        case .stats: 6
        case .site: 7
        }
    }

    init?(code: Int) {
        guard let kind = Event.Kind.allCases.first(where: { $0.code == code }) else { return nil }
        self = kind
    }
}
