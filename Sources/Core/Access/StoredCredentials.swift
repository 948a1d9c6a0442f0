/// All people, tokens and sessions at one moment.
public struct StoredCredentials: Sendable, Equatable {
    /// The number of changes so far: of two, the one with the larger number is newer.
    public var revision: Int64
    /// The people, in the order in which they were added.
    public var people: [Person]
    /// The tokens in the order in which they were made, including those that have ended.
    public var tokens: [AccessToken]
    /// The sessions, including those that have ended.
    public var sessions: [Session]

    /// Makes them.
    public init(
        revision: Int64 = 0,
        people: [Person] = [],
        tokens: [AccessToken] = [],
        sessions: [Session] = []
    ) {
        self.revision = revision
        self.people = people
        self.tokens = tokens
        self.sessions = sessions
    }

    /// Whether there is no person and no token, not even one that has ended: no client could show who it is.
    ///
    /// A token that has ended counts: the door does not open by itself when the last one expires.
    public var isEmpty: Bool { people.isEmpty && tokens.isEmpty }

    /// Whether an admin can get in, who could let others in.
    public func hasAdmin(at now: Timestamp) -> Bool {
        people.contains { $0.isEnabled && $0.role == .admin }
            || tokens.contains { $0.role == .admin && $0.isValid(at: now) }
    }

    /// A person by name; nil if there is none.
    public func person(named name: CredentialName) -> Person? {
        people.first { (try? CredentialName($0.name))?.key == name.key }
    }
}
