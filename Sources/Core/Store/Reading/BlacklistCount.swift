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
