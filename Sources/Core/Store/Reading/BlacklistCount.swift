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

    /// SQL of the rows (kind, minute, entries) that the blacklist's entries add up to.
    static let counted = """
        SELECT \(all.rawValue) AS kind, 0 AS minute, COUNT(*) AS entries FROM blacklist
        UNION ALL SELECT \(notRemoved.rawValue), 0, COUNT(*) FROM blacklist WHERE active
        UNION ALL SELECT \(added.rawValue), created / 60000, COUNT(*)
            FROM blacklist GROUP BY created / 60000
        UNION ALL SELECT \(expiring.rawValue), expires / 60000, COUNT(*)
            FROM blacklist WHERE active AND expires IS NOT NULL GROUP BY expires / 60000
        """
}
