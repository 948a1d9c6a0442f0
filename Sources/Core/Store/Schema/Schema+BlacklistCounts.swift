import GRDB

/// The lengths of the blacklist are counted by triggers, and its entries have indexes by which pages and expiry find
/// them: nothing that is done for a change looks at all of them.
extension Schema {
    static func countBlacklist(_ db: Database) throws {
        try db.execute(sql: blacklistIndexes)
        try db.execute(sql: blacklistCounts)
        try db.execute(sql: blacklistTriggers)
    }

    private static let blacklistIndexes = """
        CREATE INDEX blacklist_listed ON blacklist (id, expires) WHERE active;
        CREATE INDEX blacklist_expiring ON blacklist (expires) WHERE active AND expires IS NOT NULL;
        """

    /// `kind` says what is counted (``BlacklistCount``); `minute` = minutes since 1970.
    private static let blacklistCounts = """
        CREATE TABLE blacklist_counts (
            kind INTEGER NOT NULL, minute INTEGER NOT NULL, entries INTEGER NOT NULL,
            PRIMARY KEY (kind, minute)
        ) WITHOUT ROWID;
        INSERT INTO blacklist_counts SELECT 0, 0, COUNT(*) FROM blacklist;
        INSERT INTO blacklist_counts SELECT 1, 0, COUNT(*) FROM blacklist WHERE active;
        INSERT INTO blacklist_counts
            SELECT 2, created / 60000, COUNT(*) FROM blacklist GROUP BY created / 60000;
        INSERT INTO blacklist_counts
            SELECT 3, expires / 60000, COUNT(*) FROM blacklist
            WHERE active AND expires IS NOT NULL GROUP BY expires / 60000;
        """

    /// For entries of scripts that write into the database of a stopped service, too.
    private static let blacklistTriggers = """
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

/// What `blacklist_counts` counts.
enum BlacklistCount: Int {
    /// All entries that ever were.
    case all = 0
    /// Those that were not removed, expired ones included.
    case notRemoved = 1
    /// All, by the minute in which they were added.
    case added = 2
    /// Those that were not removed, by the minute in which they expire.
    case expiring = 3
}
