internal import Core

/// A client's admission as a principal, kept with every open connection, session and stream.
///
/// It is valid for one generation of the credentials. After a change its next use checks the same claim again, so
/// that nothing revoked continues; until then a check costs one load of a number.
public struct Admission: Sendable {
    /// The principal, as of the last check.
    public private(set) var principal: Principal
    let claim: Claim
    private let use: LastUse?
    private let credentials: Credentials
    private var generation: UInt64

    init(
        principal: Principal,
        claim: Claim,
        use: LastUse? = nil,
        credentials: Credentials,
        generation: UInt64
    ) {
        self.principal = principal
        self.claim = claim
        self.use = use
        self.credentials = credentials
        self.generation = generation
    }

    /// The client's address.
    var client: ClientAddress { claim.client }

    /// Whether the client has shown a token.
    var showsToken: Bool { if case .token = claim.shown { true } else { false } }

    /// The session by which the client is signed in; nil if it is not.
    var session: Secret.Digest? {
        if case .session(let digest) = claim.shown { digest } else { nil }
    }

    /// Whether the credentials are unchanged since the last check.
    var isCurrent: Bool { credentials.generation == generation }

    /// Notes that its credential is used, where that is not judged again.
    func touch() { use?.touch(credentials.now) }

    /// Admits the same client by a token that it shows now: in the first message of a socket.
    ///
    /// Throws ``Refusal`` if the token is not valid, or if the client has shown another credential before.
    func showing(token text: String) throws(Refusal) -> Admission {
        let shown = ShownCredential.token(text)
        guard claim.shown == .none || claim.shown == shown else { throw .twoCredentials }
        return try credentials.admit(
            Claim(client: claim.client, listener: claim.listener, shown: shown)
        )
    }

    /// The principal by the current credentials; throws ``Refusal`` if the client is no longer admitted.
    mutating func renewed() throws(Refusal) -> Principal {
        if isCurrent {
            touch()
        } else {
            let renewed = try credentials.admit(claim)
            // A client that needed no credential, and needs one now, does not go on as a stranger.
            if renewed.principal.role == nil, principal.role != nil { throw .credentialNeeded }
            self = renewed
        }
        return principal
    }

    /// Throws ``Refusal`` if the client is no longer admitted, or its principal lacks a permission.
    mutating func check(_ permission: Permission) throws(Refusal) {
        let principal = try renewed()
        guard !principal.may(permission) else { return }
        throw principal.role == nil ? .credentialNeeded : .notPermitted(principal)
    }

    /// Whether the client is still admitted and its principal has a permission.
    mutating func may(_ permission: Permission) -> Bool {
        do throws(Refusal) {
            try check(permission)
            return true
        } catch {
            return false
        }
    }

    /// The admission of a local client without a listener, for tests.
    static var thisMachine: Admission {
        Admission(
            principal: .thisMachine,
            claim: Claim(client: .loopback, listener: .main),
            credentials: Credentials(clock: { Timestamp(milliseconds: 0) }),
            generation: 0
        )
    }
}
