/// Something that changed, as it stands in the event log.
public struct Event: Sendable, Equatable {
    /// What changed.
    ///
    /// Raw values are WIRE's `event:` names.
    public enum Kind: String, Sendable, CaseIterable {
        /// A read was kept.
        case read
        /// A listed plate was read.
        case alert
        /// A camera appeared, connected, disconnected or reported.
        case camera
        /// An entry was listed or removed.
        case blacklist
        /// The server's health was checked.
        case health
        /// Figures changed otherwise: records deleted, a new day.
        case stats
        /// A new generation of pages is out.
        case site
    }

    /// Grows with each event and is never used again.
    public let id: Int64
    /// What changed.
    public let kind: Kind
    /// When.
    public let at: Timestamp
    /// The camera that it concerns.
    public let cameraID: String?
    /// The record, entry or alert that it concerns.
    public let subject: Int64?
    /// One line of JSON for those who listen.
    public let json: String
}
