public import Core
internal import Synchronization

/// The current credentials of all listeners, sockets and streams.
///
/// Every cached verdict has the generation of its credentials (``Admission``) and is checked again once that is
/// outdated.
public final class Credentials: Sendable {
    private let state: Mutex<CredentialSnapshot>
    private let newest = Atomic<UInt64>(0)
    private let clock: ServiceClock

    /// Begins with a snapshot.
    public init(
        _ snapshot: CredentialSnapshot = CredentialSnapshot(),
        clock: @escaping ServiceClock
    ) {
        state = Mutex(snapshot)
        self.clock = clock
    }

    /// The generation of the current snapshot; it only grows.
    var generation: UInt64 { newest.load(ordering: .acquiring) }

    /// The current snapshot.
    public var snapshot: CredentialSnapshot { state.withLock { $0 } }

    /// The proxies that sign people in.
    var signInProxies: SignInProxies { state.withLock { $0.signInProxies } }

    /// The current time, by the service's clock.
    var now: Timestamp { clock() }

    /// Replaces the snapshot: older verdicts are checked again before their next use.
    public func replace(with snapshot: CredentialSnapshot) {
        change { $0 = snapshot }
    }

    /// Takes over what is stored, unless something newer was taken over already.
    public func adopt(_ stored: StoredCredentials) {
        change { snapshot in
            if stored.revision >= snapshot.stored.revision { snapshot.adopt(stored) }
        }
    }

    /// Drops what has ended by itself; returns the sessions among it.
    func dropEnded() -> Set<Secret.Digest> {
        let now = clock()
        return state.withLock { snapshot in
            let (sessions, isChanged) = snapshot.dropEnded(at: now)
            if isChanged { newest.add(1, ordering: .releasing) }
            return sessions
        }
    }

    private func change(_ body: (inout CredentialSnapshot) -> Void) {
        state.withLock {
            body(&$0)
            newest.add(1, ordering: .releasing)
        }
    }

    /// Admits a claim, or throws the ``Refusal`` for its sender.
    func admit(_ claim: Claim) throws(Refusal) -> Admission {
        let now = clock()
        let (verdict, generation) = state.withLock { snapshot in
            (
                Result { () throws(Refusal) in try snapshot.principal(claim, at: now) },
                self.generation
            )
        }
        let (principal, use) = try verdict.get()
        use?.touch(now)
        return Admission(
            principal: principal,
            claim: claim,
            use: use,
            credentials: self,
            generation: generation
        )
    }
}
