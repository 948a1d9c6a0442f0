/// A change, as recorded in the event log.
public struct Event: Sendable, Equatable {
    /// The kind of change.
    ///
    /// Raw values are the wire contract's `event:` names.
    public enum Kind: String, Sendable, CaseIterable {
        /// A read was stored.
        case read
        /// A plate on the blacklist was read.
        case alert
        /// A camera appeared, connected, disconnected or reported.
        case camera
        /// A blacklist entry was added or removed.
        case blacklist
        /// The server's health was checked.
        case health
        /// Statistics changed otherwise: records deleted, a new day.
        case stats
        /// A new generation of pages was published.
        case site
    }

    /// Grows with each event; never reused.
    public let id: Int64
    /// What changed.
    public let kind: Kind
    /// The time of the change.
    public let at: Timestamp
    /// The camera that it concerns.
    public let cameraID: String?
    /// The record, entry or alert that it concerns.
    public let subject: Int64?
    /// One line of JSON for subscribers.
    public let json: String
}
