/// A query of the audit: filters and page.
public struct AuditQuery: Sendable, Equatable {
    /// Only entries of actors whose id or name this is.
    public var who: String?
    /// Only this action, or all that begin with it if it ends with a full stop.
    public var action: String?
    /// Only what was allowed, or what was refused.
    public var outcome: AuditEvent.Outcome?
    /// Only entries whose subject, detail or purpose contains this.
    public var text: String?
    /// Made at or after this.
    public var from: Timestamp?
    /// Made before this.
    public var to: Timestamp?
    /// Only entries after this one in the order of the list (keyset paging).
    public var before: Int64?
    /// Entries in the answer.
    public var limit: Int

    /// All entries.
    public init(limit: Int) { self.limit = limit }
}

/// Entries of the audit, newest first.
public struct AuditPage: Sendable {
    /// The entries.
    public let entries: [AuditEntry]
    /// What to pass as ``AuditQuery/before`` for what follows; nil at the end.
    ///
    /// There may be no entries, and still something that follows: one query looks at a limited number of entries.
    public let next: Int64?
}
