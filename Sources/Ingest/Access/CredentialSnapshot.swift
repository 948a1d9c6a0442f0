public import Core

/// A snapshot of the credentials: who is admitted as what.
public struct CredentialSnapshot: Sendable {
    /// What was chosen about access.
    public var options: AccessOptions
    /// Clients in these networks are cameras (`CAMERA_NETWORKS`), at the camera gateway only.
    public var cameraNetworks: [Network]
    /// Proxies that sign people in themselves.
    public var signInProxies = SignInProxies()
    /// People, tokens and sessions as they are stored.
    public private(set) var stored: StoredCredentials

    private struct Token: Sendable {
        let token: AccessToken
        let principal: Principal
        let use: LastUse
    }

    private struct SignedIn: Sendable {
        let session: Session
        let principal: Principal
        let use: LastUse
    }

    /// Those in force; what has ended is in ``stored`` only.
    private var tokens: [Secret.Digest: Token] = [:]
    private var sessions: [Secret.Digest: SignedIn] = [:]

    /// Makes a snapshot.
    public init(
        options: AccessOptions = AccessOptions(),
        cameraNetworks: [Network] = [],
        stored: StoredCredentials = StoredCredentials()
    ) {
        self.options = options
        self.cameraNetworks = cameraNetworks
        self.stored = StoredCredentials()
        adopt(stored)
    }

    /// Takes over what is stored; keeps what it knows of the use of those that remain.
    mutating func adopt(_ stored: StoredCredentials) {
        let (known, knownSessions) = (tokens, sessions)
        self.stored = stored
        tokens = [:]
        for token in stored.tokens where token.revokedAt == nil {
            let use = known[token.digest]?.use ?? LastUse(token.lastUsedAt)
            tokens[token.digest] = Token(token: token, principal: Principal(token), use: use)
        }
        sessions = [:]
        let people = Dictionary(uniqueKeysWithValues: stored.people.map { ($0.id, $0) })
        for session in stored.sessions {
            guard let person = people[session.personID], person.isEnabled else { continue }
            let use = knownSessions[session.digest]?.use ?? LastUse(session.lastUsedAt)
            let principal = Principal(person, options)
            sessions[session.digest] = SignedIn(session: session, principal: principal, use: use)
        }
    }

    /// Whether clients on this machine need no credential.
    public var isOpenToThisMachine: Bool {
        options.localAccess == .open || options.localAccess == .auto && stored.isEmpty
    }

    /// The principal of a claim and what notes its use; throws ``Refusal`` if it is not admitted.
    func principal(_ claim: Claim, at now: Timestamp) throws(Refusal) -> (Principal, LastUse?) {
        if let user = claim.client.user { return (try .commandLine(user), nil) }
        switch claim.shown {
        case .token(let digest):
            guard let known = tokens[digest], known.token.isValid(at: now) else {
                throw .notAdmitted
            }
            return (known.principal, known.use)
        case .session(let digest):
            if let known = sessions[digest], isValid(known, at: now) {
                return (known.principal, known.use)
            }
        case .namedByProxy(let name, let role):
            return (try principal(namedByProxy: name, role: role), nil)
        case .unusable: throw .notAdmitted
        case .none: break
        }
        return (try principal(byAddress: claim), nil)
    }

    private func isValid(_ known: SignedIn, at now: Timestamp) -> Bool {
        let lastUsed = known.use.instant ?? known.session.createdAt
        return known.session.isValid(at: now, lastUsed: lastUsed, options)
    }

    /// The principal of a client without a credential.
    private func principal(byAddress claim: Claim) throws(Refusal) -> Principal {
        let isLocal = claim.client.isThisMachine
        if isLocal, isOpenToThisMachine { return .thisMachine }
        if isLocal, options.localAccess == .camera { return .camerasOfThisMachine }
        let networks = claim.listener.contains(.gateway) ? cameraNetworks : []
        if claim.client.isInside(networks) { return .cameraNetworks }
        // A client that might sign in, or show a token in the first message of a socket.
        if !stored.isEmpty { return isLocal ? .localStranger : .stranger }
        throw Refusal(
            .unauthenticated,
            networks.isEmpty
                ? "only clients on the server's own machine are admitted until credentials exist"
                : "only cameras in CAMERA_NETWORKS and clients on the server's own machine are admitted"
        )
    }

    /// A session by the digest of its secret, with its person and its last use; nil if there is none in force.
    func session(_ digest: Secret.Digest, at now: Timestamp) -> (Session, Person, Timestamp)? {
        guard let known = sessions[digest], isValid(known, at: now),
            let person = stored.people.first(where: { $0.id == known.session.personID })
        else { return nil }
        return (known.session, person, known.use.instant ?? known.session.lastUsedAt)
    }

    /// The sessions in force of a person, the newest first, with their last use.
    func sessions(of personID: Int64, at now: Timestamp) -> [(Session, Timestamp)] {
        sessions.values
            .filter { $0.session.personID == personID && isValid($0, at: now) }
            .sorted { $0.session.createdAt > $1.session.createdAt }
            .map { ($0.session, $0.use.instant ?? $0.session.lastUsedAt) }
    }

    /// When a credential in force ends by itself; nil if it does not.
    func end(of shown: ShownCredential) -> Timestamp? {
        switch shown {
        case .token(let digest): tokens[digest]?.token.expiresAt
        case .session(let digest): sessions[digest]?.session.endsAt(options)
        case .namedByProxy, .unusable, .none: nil
        }
    }

    /// When a token was last used, to the minute.
    func lastUse(of token: AccessToken) -> Timestamp? {
        tokens[token.digest]?.use.instant ?? token.lastUsedAt
    }

    /// Drops what has ended by now; returns the sessions among it, and whether there was anything.
    mutating func dropEnded(at now: Timestamp) -> (sessions: Set<Secret.Digest>, isChanged: Bool) {
        let endedTokens = tokens.values.filter { !$0.token.isValid(at: now) }
        let endedSessions = sessions.values.filter { !isValid($0, at: now) }
        for ended in endedTokens { tokens[ended.token.digest] = nil }
        for ended in endedSessions { sessions[ended.session.digest] = nil }
        return (
            Set(endedSessions.map(\.session.digest)),
            !endedTokens.isEmpty || !endedSessions.isEmpty
        )
    }

    /// The uses since an instant.
    func use(since instant: Timestamp) -> CredentialUse {
        var use = CredentialUse()
        for known in sessions.values {
            if let last = known.use.instant, last > instant {
                use.sessions[known.session.digest] = last
            }
        }
        for known in tokens.values {
            if let last = known.use.instant, last > instant { use.tokens[known.token.id] = last }
        }
        return use
    }
}

extension Refusal {
    /// A credential that is wrong, expired or revoked: they are not told apart.
    static let notAdmitted = Refusal(
        .unauthenticated,
        "the credential is not valid here, or not any more"
    )

    /// No credential where one is needed.
    static let credentialNeeded = Refusal(
        .unauthenticated,
        "sign in, or send a token (Authorization: Bearer …)"
    )
}
