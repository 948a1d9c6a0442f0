/// A person's sign-in from one browser.
public struct Session: Sendable, Equatable {
    /// The digest of the secret in its cookie.
    public let digest: Secret.Digest
    /// The person's id.
    public let personID: Int64
    /// When the person signed in.
    public let createdAt: Timestamp
    /// When it was last used, to the minute.
    public let lastUsedAt: Timestamp
    /// The address from which the person signed in.
    public let address: String
    /// The browser's own name for itself, shortened.
    public let agent: String

    /// The maximum length of ``agent`` in characters.
    public static let agentCharactersMax = 200
    /// The maximum number of sessions of one person; the oldest ends when another begins.
    public static let perPersonMax = 20

    /// Makes a session that begins now.
    public init(
        digest: Secret.Digest,
        personID: Int64,
        createdAt: Timestamp,
        lastUsedAt: Timestamp? = nil,
        address: String,
        agent: String
    ) {
        self.digest = digest
        self.personID = personID
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt ?? createdAt
        self.address = address
        self.agent = String(agent.prefix(Self.agentCharactersMax))
    }

    /// What names it to people and to the API: a part of the digest, which is no credential.
    public var id: String { digest.shortText }

    /// When it ends if it is used no more after `lastUsed`.
    ///
    /// A clock that was put back makes a session of the future, which has ended.
    public func isValid(at now: Timestamp, lastUsed: Timestamp, _ options: AccessOptions) -> Bool {
        let age = now.milliseconds - createdAt.milliseconds
        let idle = now.milliseconds - lastUsed.milliseconds
        return age > -60_000 && age < Int64(options.sessionHours) * 3_600_000
            && idle < Int64(options.sessionIdleMinutes) * 60_000
    }

    /// When it ends at the latest.
    public func endsAt(_ options: AccessOptions) -> Timestamp {
        createdAt.adding(seconds: options.sessionHours * 3_600)
    }
}
