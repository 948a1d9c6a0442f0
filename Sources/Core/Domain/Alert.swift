/// An alert: a plate on the blacklist was read.
public struct Alert: Sendable, Equatable {
    /// Grows with each alert; never reused.
    public let id: Int64
    /// The read's record.
    public let recordID: Int64
    /// The entry that it matched.
    public let entryID: Int64
    /// Whether the match is certain.
    public let match: BlacklistMatch
    /// The entry's reason at that time.
    public let reason: String
    /// When the alert was raised.
    public let raisedAt: Timestamp
}
