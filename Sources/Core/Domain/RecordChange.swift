/// Something that became of records after they were kept.
public struct RecordChange: Sendable, Equatable {
    /// What became of them; the database keeps the number.
    public enum Kind: Int, Sendable {
        /// All records with these ids are gone.
        case deleted = 1
        /// The record says something else now.
        case corrected = 2
    }

    /// Grows with each change and is never used again; the list has gaps.
    public let id: Int64
    /// When.
    public let at: Timestamp
    /// What.
    public let kind: Kind
    /// The ids of the records; some may have been gone before.
    public let records: ClosedRange<Int64>
}

/// A piece of the list of what became of records.
public struct RecordChangePage: Sendable, Equatable {
    /// The changes, oldest first.
    public let changes: [RecordChange]
    /// Whether the list still has all changes after the asked for one: if not, a copy of the records has to be made again.
    public let isComplete: Bool
}

/// A record with what a copy of it needs.
public struct RecordCopy: Sendable {
    /// The record.
    public let record: Record
    /// The SHA-256 of its picture's file; nil if it has none, or was kept by an older lprserver.
    public let pictureDigest: [UInt8]?
}

/// Which database this is, among those of many sites.
public struct SiteIdentity: Sendable, Equatable {
    /// A random number in hexadecimal digits, made with the database and never changed.
    public let id: String
    /// Another one, which is renewed if the database was restored or moved: ids after a backup may be given again.
    public let generation: String
}
