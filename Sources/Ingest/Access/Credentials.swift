internal import Core
internal import Synchronization

/// A client's claim, from which the credentials derive its principal.
struct Claim: Sendable, Equatable {
    /// Where it comes from.
    let client: ClientAddress
    /// The listener.
    let listener: Listeners
}

/// A snapshot of the credentials.
public struct CredentialSnapshot: Sendable {
    /// Whether local clients may do everything.
    public var admitsThisMachine: Bool
    /// Clients in these networks are cameras (`CAMERA_NETWORKS`), at the camera gateway only.
    public var cameraNetworks: [Network]

    /// Makes a snapshot.
    public init(admitsThisMachine: Bool = true, cameraNetworks: [Network] = []) {
        self.admitsThisMachine = admitsThisMachine
        self.cameraNetworks = cameraNetworks
    }

    /// The principal of a claim; throws ``Refusal`` if there is none.
    func principal(_ claim: Claim) throws(Refusal) -> Principal {
        if admitsThisMachine, claim.client.isThisMachine { return .thisMachine }
        let networks = claim.listener.contains(.gateway) ? cameraNetworks : []
        if claim.client.isInside(networks) { return .cameraNetworks }
        throw Refusal(
            .unauthenticated,
            networks.isEmpty
                ? "only clients on the server's own machine are admitted until credentials exist"
                : "only cameras in CAMERA_NETWORKS and clients on the server's own machine are admitted"
        )
    }
}

/// The current credentials of all listeners, sockets and streams.
///
/// Every cached verdict has the generation of its credentials (``Admission``) and is checked again once that is
/// outdated.
public final class Credentials: Sendable {
    private let snapshot: Mutex<CredentialSnapshot>
    private let newest = Atomic<UInt64>(0)

    /// Begins with a snapshot.
    public init(_ snapshot: CredentialSnapshot = CredentialSnapshot()) {
        self.snapshot = Mutex(snapshot)
    }

    /// The generation of the current snapshot; it only grows.
    var generation: UInt64 { newest.load(ordering: .acquiring) }

    /// Replaces the snapshot: older verdicts are checked again before their next use.
    public func replace(with snapshot: CredentialSnapshot) {
        self.snapshot.withLock {
            $0 = snapshot
            newest.add(1, ordering: .releasing)
        }
    }

    /// Admits a claim, or throws the ``Refusal`` for its sender.
    func admit(_ claim: Claim) throws(Refusal) -> Admission {
        let (snapshot, generation) = snapshot.withLock { ($0, self.generation) }
        return Admission(
            principal: try snapshot.principal(claim),
            claim: claim,
            credentials: self,
            generation: generation
        )
    }
}
