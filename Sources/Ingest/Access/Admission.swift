internal import Core

/// That a client was let in, and as which principal: kept beside every connection, session and stream that stays open.
///
/// It holds for one generation of the credentials. Once that has changed, the next thing that is asked of it makes it
/// ask the credentials again with the same claim, so that nothing goes on which was revoked; as long as it has not, a
/// question costs one look at a number.
public struct Admission: Sendable {
    /// The principal, as it was when this was last judged.
    public private(set) var principal: Principal
    let claim: Claim
    private let credentials: Credentials
    private var generation: UInt64

    init(principal: Principal, claim: Claim, credentials: Credentials, generation: UInt64) {
        self.principal = principal
        self.claim = claim
        self.credentials = credentials
        self.generation = generation
    }

    /// Where the client comes from.
    var client: ClientAddress { claim.client }

    /// Whether the credentials are those by which it was judged.
    var isCurrent: Bool { credentials.generation == generation }

    /// The principal by the credentials of now; throws ``Refusal`` if the client is not admitted any more.
    mutating func renewed() throws(Refusal) -> Principal {
        if !isCurrent { self = try credentials.admit(claim) }
        return principal
    }

    /// Throws ``Refusal`` if the client is not admitted any more, or its principal may not do something.
    mutating func check(_ permission: Permission) throws(Refusal) {
        let principal = try renewed()
        guard principal.may(permission) else { throw .notPermitted(principal) }
    }

    /// Whether the client is still admitted, and its principal may do something.
    mutating func may(_ permission: Permission) -> Bool {
        do throws(Refusal) {
            try check(permission)
            return true
        } catch {
            return false
        }
    }

    /// That of a client on this machine, without a listener: for tests.
    static var thisMachine: Admission {
        Admission(
            principal: .thisMachine,
            claim: Claim(client: .loopback, listener: .main),
            credentials: Credentials(),
            generation: 0
        )
    }
}
