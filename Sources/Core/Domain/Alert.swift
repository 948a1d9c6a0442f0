/// A listed plate was read.
public struct Alert: Sendable, Equatable {
    /// Grows with each alert and is never used again.
    public let id: Int64
    /// The read's record.
    public let recordID: Int64
    /// The entry that it matched.
    public let entryID: Int64
    /// How sure it is.
    public let match: BlacklistMatch
    /// The entry's reason at that time.
    public let reason: String
    /// When the alert was raised.
    public let raisedAt: Timestamp
}

/// The promise that a read is on disk; only a commit makes one.
public struct Receipt: Sendable, Equatable {
    /// The record's id: the first one's, where the read was known already.
    public let recordID: Int64
    /// Whether the same (`camera_id`, `event_id`) had been kept before.
    public let isDuplicate: Bool
    /// How the plate matched the blacklist; nil where it did not.
    public let match: BlacklistMatch?

    /// Not public: only ``Recorder`` hands out receipts, after the commit.
    init(recordID: Int64, isDuplicate: Bool, match: BlacklistMatch?) {
        self.recordID = recordID
        self.isDuplicate = isDuplicate
        self.match = match
    }
}
