/// A change of records after they were stored.
public struct RecordChange: Sendable, Equatable {
    /// The kind of change; the database stores the number.
    public enum Kind: Int, Sendable {
        /// All records with these ids were deleted.
        case deleted = 1
        /// The record was corrected.
        case corrected = 2
    }

    /// Grows with each change and is never used again; the list has gaps.
    public let id: Int64
    /// The time of the change.
    public let at: Timestamp
    /// The kind of change.
    public let kind: Kind
    /// The ids of the records; some may have been deleted before.
    public let records: ClosedRange<Int64>
}

/// A page of the list of changes of records.
public struct RecordChangePage: Sendable, Equatable {
    /// The changes, oldest first.
    public let changes: [RecordChange]
    /// Whether the list still has all changes after the requested one: if not, a copy of the records must be made
    /// again.
    public let isComplete: Bool
}

/// A record with the data that a copy needs.
public struct RecordCopy: Sendable {
    /// The record.
    public let record: Record
    /// The SHA-256 of its picture's file; nil if it has none, or was stored by an older lprserver.
    public let pictureDigest: [UInt8]?
}

/// The identity of a database among those of many sites.
public struct SiteIdentity: Sendable, Equatable {
    /// A random number in hexadecimal digits, drawn with the database and never changed.
    public let id: String
    /// Another one, which is renewed if the database was restored or moved: ids after a backup may be given again.
    public let generation: String
}
