internal import Core
internal import Synchronization

/// What a client shows of itself: from this, and the credentials, follows which principal it is.
struct Claim: Sendable, Equatable {
    /// Where it comes from.
    let client: ClientAddress
    /// The listener that it came to.
    let listener: Listeners
}

/// Everything by which principals are known, at one moment.
public struct CredentialSnapshot: Sendable {
    /// Whether clients on this machine may do everything.
    public var admitsThisMachine: Bool
    /// Clients in these networks are cameras (`CAMERA_NETWORKS`), at the camera gateway only.
    public var cameraNetworks: [Network]

    /// Makes a snapshot.
    public init(admitsThisMachine: Bool = true, cameraNetworks: [Network] = []) {
        self.admitsThisMachine = admitsThisMachine
        self.cameraNetworks = cameraNetworks
    }

    /// The principal that shows a claim; throws ``Refusal`` if there is none.
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

/// The credentials that count now, for all listeners, sockets and streams.
///
/// Whatever remembers a verdict also remembers the generation that it was made by (``Admission``), and asks again
/// once that is not the newest.
public final class Credentials: Sendable {
    private let snapshot: Mutex<CredentialSnapshot>
    private let newest = Atomic<UInt64>(0)

    /// Begins with a snapshot.
    public init(_ snapshot: CredentialSnapshot = CredentialSnapshot()) {
        self.snapshot = Mutex(snapshot)
    }

    /// The number of the snapshot that counts; it only grows.
    var generation: UInt64 { newest.load(ordering: .acquiring) }

    /// Replaces the snapshot: from now on every verdict that was made by an older one is made again before it is used.
    public func replace(with snapshot: CredentialSnapshot) {
        self.snapshot.withLock {
            $0 = snapshot
            newest.add(1, ordering: .releasing)
        }
    }

    /// Lets a claim in, or throws the ``Refusal`` that its sender gets.
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
