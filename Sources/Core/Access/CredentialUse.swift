/// What is to be stored of the use of credentials since it was stored last.
public struct CredentialUse: Sendable, Equatable {
    /// When sessions were last used.
    public var sessions: [Secret.Digest: Timestamp] = [:]
    /// When tokens were last used, by their ids.
    public var tokens: [Int64: Timestamp] = [:]
    /// The sessions that have ended by themselves.
    public var ended: Set<Secret.Digest> = []

    /// Nothing.
    public init() {}

    /// Whether there is nothing to be stored.
    public var isEmpty: Bool { sessions.isEmpty && tokens.isEmpty && ended.isEmpty }
}
