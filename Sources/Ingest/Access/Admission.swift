internal import Core

/// A client's admission as a principal, kept with every open connection, session and stream.
///
/// It is valid for one generation of the credentials. After a change its next use checks the same claim again, so
/// that nothing revoked continues; until then a check costs one load of a number.
public struct Admission: Sendable {
    /// The principal, as of the last check.
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

    /// The client's address.
    var client: ClientAddress { claim.client }

    /// Whether the credentials are unchanged since the last check.
    var isCurrent: Bool { credentials.generation == generation }

    /// The principal by the current credentials; throws ``Refusal`` if the client is no longer admitted.
    mutating func renewed() throws(Refusal) -> Principal {
        if !isCurrent { self = try credentials.admit(claim) }
        return principal
    }

    /// Throws ``Refusal`` if the client is no longer admitted, or its principal lacks a permission.
    mutating func check(_ permission: Permission) throws(Refusal) {
        let principal = try renewed()
        guard principal.may(permission) else { throw .notPermitted(principal) }
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
            credentials: Credentials(),
            generation: 0
        )
    }
}
