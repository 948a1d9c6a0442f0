/// Which entries of the blacklist are asked for, and which page of them.
public struct BlacklistQuery: Sendable, Equatable {
    /// Every entry that ever was, not only those that count.
    public var all = false
    /// Only plates like this: exact, prefix or contains.
    public var plate: RecordQuery.PlateFilter?
    /// Only entries older than this one (keyset paging).
    public var beforeID: Int64?
    /// The page, from 1.
    public var page = 1
    /// Entries a page.
    public var perPage: Int

    /// All entries that count, the first page.
    public init(perPage: Int) { self.perPage = perPage }
}

/// One page of entries, newest first.
public struct BlacklistPage: Sendable {
    /// The entries.
    public let entries: [BlacklistEntry]
    /// How many there are on all pages.
    public let total: Int
    /// The page, from 1.
    public let page: Int
    /// Entries a page.
    public let perPage: Int

    /// How many pages there are.
    public var pages: Int { (total + perPage - 1) / perPage }
}
