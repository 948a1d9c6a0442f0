import GRDB

/// A step from one schema to the next: frozen SQL, never changed once released.
///
/// It changes plain tables by SQL alone and calls no code of the store, which may change. If it changes the source or
/// the format of derived tables, it sets `reindexes`: then ``Reindexer`` rebuilds them all at the same start, as
/// `lprserver reindex` does.
struct Migration: Sendable {
    /// Its number and summary; the database stores the names of the applied ones.
    let name: String
    let sql: String
    /// Whether all derived tables are rebuilt after it.
    var reindexes = false
}

/// The tables: a list of migrations.
///
/// Migrations are only appended. `Tests/CoreTests/Databases` has a database of each schema that was released.
enum Schema {
    static let migrations = [
        Migration(name: "14 one schema", sql: tables),
        Migration(name: "15 words of the field", sql: wordsOfTheField),
        Migration(name: "16 many sites", sql: manySites),
        // Who in the audit by the id, too, which stays when a name changes; null in lines from before.
        Migration(name: "18 principals", sql: "ALTER TABLE audit ADD COLUMN principal TEXT"),
        Migration(name: "17 pictures", sql: pictures),
        Migration(name: "19 people and tokens", sql: access),
        Migration(name: "20 audit", sql: audit),
    ]

    /// The names of the first version, in the words that the code uses.
    private static let wordsOfTheField = """
        ALTER TABLE event_buckets RENAME TO dedup_buckets;
        ALTER TABLE event_filters RENAME TO dedup_filters;
        ALTER TABLE plate_cameras RENAME TO heavy_hitters;
        UPDATE meta SET key = 'indexed_through' WHERE key = 'counted_record';
        UPDATE meta SET key = 'purge_generation' WHERE key = 'plate_forgettings';
        UPDATE meta SET key = 'dedup_salt' WHERE key = 'event_salt';
        UPDATE meta SET key = 'dedup_cursor' WHERE key = 'event_round';
        UPDATE meta SET key = 'dedup_records_per_run' WHERE key = 'records_per_event_run';
        """

    /// Migration 16: the state of followers of the event log and of copies of the records elsewhere.
    ///
    /// `changes`: changes of the records `first` to `last` (``RecordChange``). `picture_digest`: the SHA-256 of the
    /// picture's file.
    private static let manySites = """
        CREATE TABLE followers (
            name TEXT PRIMARY KEY, position INTEGER NOT NULL, at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE changes (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind INTEGER NOT NULL,
            first INTEGER NOT NULL, last INTEGER NOT NULL
        );
        CREATE INDEX changes_by_record ON changes (last);
        ALTER TABLE records ADD COLUMN picture_digest BLOB;
        INSERT INTO meta (key, value) VALUES ('site_id', lower(hex(randomblob(16))));
        INSERT INTO meta (key, value) VALUES ('generation', lower(hex(randomblob(16))));
        """

    /// Pictures of which it is known what they show; a record that has one has its main picture besides.
    private static let pictures = """
        CREATE TABLE pictures (
            record INTEGER NOT NULL, subject INTEGER NOT NULL, path TEXT NOT NULL,
            PRIMARY KEY (record, subject)
        ) WITHOUT ROWID;
        """

    /// Migration 19: who may come in.
    ///
    /// `name_key`: what two names must not share. Secrets are stored as digests (SHA-256), passwords as scrypt's text;
    /// `second_factor` must be known to check a code (RFC 6238), `second_factor_step` is the last one used. Cameras
    /// of a token are a JSON array, null for any.
    private static let access = """
        CREATE TABLE people (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL, enabled INTEGER NOT NULL, password TEXT NOT NULL,
            must_change INTEGER NOT NULL, second_factor BLOB,
            second_factor_step INTEGER NOT NULL DEFAULT 0,
            created INTEGER NOT NULL, last_sign_in INTEGER
        );
        CREATE TABLE recovery_codes (
            person INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (person, digest)
        ) WITHOUT ROWID;
        CREATE TABLE tokens (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, name_key TEXT NOT NULL,
            role TEXT NOT NULL, cameras TEXT, digest BLOB NOT NULL UNIQUE,
            created INTEGER NOT NULL, creator TEXT NOT NULL, expires INTEGER,
            last_used INTEGER, revoked INTEGER
        );
        CREATE UNIQUE INDEX tokens_in_force ON tokens (name_key) WHERE revoked IS NULL;
        CREATE TABLE sessions (
            digest BLOB PRIMARY KEY, person INTEGER NOT NULL, created INTEGER NOT NULL,
            used INTEGER NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL
        ) WITHOUT ROWID;
        """

    /// Migration 20: the audit as a chain of digests (``AuditChain``), with outcomes and purposes.
    ///
    /// Entries of before get their digests from the first entry after it, which begins the chain.
    private static let audit = """
        ALTER TABLE audit ADD COLUMN role TEXT;
        ALTER TABLE audit ADD COLUMN outcome TEXT NOT NULL DEFAULT 'allowed';
        ALTER TABLE audit ADD COLUMN code TEXT;
        ALTER TABLE audit ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE audit ADD COLUMN purpose TEXT;
        ALTER TABLE audit ADD COLUMN digest BLOB;
        CREATE INDEX audit_by_time ON audit (at);
        INSERT INTO meta (key, value) VALUES ('audit_head', 'unbegun');
        """

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for (index, migration) in migrations.enumerated() {
            // A database that the replaced steps led to has these tables already: see requireKnown.
            let replaced = index == 0 ? replacedMigrations : []
            migrator.registerMigration(migration.name, merging: replaced) { db, applied in
                guard applied.isEmpty else { return }
                try db.execute(sql: migration.sql)
                if migration.reindexes { try ReindexCursor.want(db) }
            }
        }
        return migrator
    }

    /// Throws ``Refusal`` if the database was made by a newer lprserver, or by one that is too old.
    static func requireKnown(_ db: Database, path: String) throws {
        let applied = try migrator.appliedIdentifiers(db)
        let known = Set(migrations.map(\.name))
        if let unknown = applied.subtracting(known).subtracting(replacedMigrations).min() {
            throw Refusal(
                .storage,
                "the database \(path) was made by a newer lprserver (schema “\(unknown)”);"
                    + " start that one, or restore a backup of before; nothing was changed",
                code: "newer_database"
            )
        }
        let replaced = applied.intersection(replacedMigrations)
        guard replaced.isEmpty || replaced == replacedMigrations else {
            throw Refusal(
                .storage,
                "the database \(path) is of an lprserver that is too old to be taken over directly;"
                    + " stop this one, start \(lastThatMigrates) with it once, which brings it up to date,"
                    + " and then this one; nothing was changed",
                code: "older_database"
            )
        }
    }

    /// The last lprserver that has the replaced steps.
    private static let lastThatMigrates = "the lprserver of 28 November 2026 (commit 6bea99d)"
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
