/// What a verification of the audit found.
public struct AuditReport: Sendable, Equatable {
    /// A place where the chain does not hold.
    public struct Break: Sendable, Equatable {
        /// The kinds of breaks.
        public enum Kind: String, Sendable, CaseIterable {
            /// An entry is not what its digest says, or the digest before it is not.
            case changed
            /// Entries are missing before an entry.
            case missing
            /// The newest entries are missing.
            case cutOff = "cut_off"
            /// An entry was not added by the service.
            case foreign
            /// The oldest entries are missing, and retention did not remove them.
            case beginning
            /// The note of the newest entry is missing or broken.
            case note
            /// An expected digest is not in the chain.
            case unknownDigest = "unknown_digest"
        }

        /// What kind it is.
        public let kind: Kind
        /// The entry that does not fit, or after which some are missing.
        public let entry: Int64
        /// One sentence that says what it means.
        public let sentence: String
    }

    /// Entries that were looked at.
    public internal(set) var entries = 0
    /// The oldest one's time.
    public internal(set) var oldest: Timestamp?
    /// The newest one's time.
    public internal(set) var newest: Timestamp?
    /// The newest one's id; 0 if there is none.
    public internal(set) var newestID: Int64 = 0
    /// The newest one's digest, in hexadecimal: kept elsewhere, it shows later that nothing up to here was changed.
    public internal(set) var digest = ""
    /// The last entry that retention removed; 0 before the first.
    public internal(set) var removedThrough: Int64 = 0
    /// The number of breaks.
    public internal(set) var breaks = 0
    /// The first break.
    public internal(set) var first: Break?

    /// Whether nothing was found.
    public var isSound: Bool { breaks == 0 }

    mutating func add(_ kind: Break.Kind, entry: Int64, _ sentence: String) {
        breaks += 1
        if first == nil { first = Break(kind: kind, entry: entry, sentence: sentence) }
    }
}
