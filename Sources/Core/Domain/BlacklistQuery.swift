/// A query of the blacklist: filters and page.
public struct BlacklistQuery: Sendable, Equatable {
    /// Whether removed and expired entries are included.
    public var all = false
    /// Only plates that match: exact, prefix or contains.
    public var plate: RecordQuery.PlateFilter?
    /// Only entries older than this one (keyset paging).
    public var beforeID: Int64?
    /// The page, from 1.
    public var page = 1
    /// Entries per page.
    public var perPage: Int

    /// All active entries, first page.
    public init(perPage: Int) { self.perPage = perPage }
}

/// One page of entries, newest first.
public struct BlacklistPage: Sendable {
    /// The entries.
    public let entries: [BlacklistEntry]
    /// The number of entries on all pages.
    public let total: Int
    /// The page, from 1.
    public let page: Int
    /// Entries per page.
    public let perPage: Int

    /// The number of pages.
    public var pages: Int { (total + perPage - 1) / perPage }
}
