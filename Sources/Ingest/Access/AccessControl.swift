public import Core
public import Logging
public import ServiceLifecycle
internal import Synchronization

/// Changes who is admitted: signs people in and out, and keeps what is stored and what is judged the same.
///
/// Every change is committed first; then the listeners judge by it.
public final class AccessControl: Service {
    /// The maximum number of second factors that are being set up.
    private static let pendingMax = 1_000
    /// How often last uses are stored, in seconds.
    private static let storeSeconds = 60

    /// The credentials by which all listeners judge.
    public let credentials: Credentials
    let recorder: Recorder
    let hasher = PasswordHasher()
    let guesses = GuessLimiter()
    let options: AccessOptions
    /// The site's name in the app that shows codes.
    let siteName: String
    private let logger: Logger
    private let onOpenness: @Sendable (Bool) -> Void
    /// What `onOpenness` was told last.
    private let toldOpen = Mutex<Bool?>(nil)
    private let pendingFactors = Mutex<[Int64: [UInt8]]>([:])

    /// Makes it; `onOpenness` is told whether this machine needs no credential, at first and whenever that changes.
    public init(
        credentials: Credentials,
        recorder: Recorder,
        logger: Logger,
        siteName: String = "lprserver",
        onOpenness: @escaping @Sendable (Bool) -> Void = { _ in }
    ) {
        self.credentials = credentials
        self.recorder = recorder
        self.logger = logger
        self.siteName = siteName
        self.onOpenness = onOpenness
        options = credentials.snapshot.options
        rememberUsualPlaces()
        tellOpenness()
    }

    /// Tells the limiter where people were signed in before the service was started again.
    private func rememberUsualPlaces() {
        let stored = credentials.snapshot.stored
        let names = Dictionary(uniqueKeysWithValues: stored.people.map { ($0.id, $0.name) })
        for session in stored.sessions {
            guard let name = names[session.personID] else { continue }
            guesses.succeeded(name: name, address: session.address, now: session.createdAt)
        }
    }

    /// Whether an admin can get in, who could let others in.
    public var hasAdmin: Bool { credentials.snapshot.stored.hasAdmin(at: credentials.now) }

    /// Takes over the state after a change.
    func adopt(_ stored: StoredCredentials) {
        credentials.adopt(stored)
        tellOpenness()
    }

    /// Under the lock, so that of two changes at once the later state is told last.
    private func tellOpenness() {
        toldOpen.withLock { told in
            let isOpen = credentials.snapshot.isOpenToThisMachine
            guard told != isOpen else { return }
            told = isOpen
            onOpenness(isOpen)
        }
    }

    /// Takes over the state after a change and passes on its result.
    func adopt<T>(_ changed: (T, StoredCredentials)) -> T {
        adopt(changed.1)
        return changed.0
    }

    /// Notes the secret of a second factor that its person has not confirmed yet.
    func notePending(_ secret: [UInt8], of personID: Int64) {
        pendingFactors.withLock { pending in
            if pending.count >= Self.pendingMax { pending = [:] }
            pending[personID] = secret
        }
    }

    /// The secret that a person has not confirmed yet; nil if there is none.
    func pendingFactor(of personID: Int64) -> [UInt8]? {
        pendingFactors.withLock { $0[personID] }
    }

    /// Forgets the secret that a person had not confirmed.
    func forgetPending(of personID: Int64) {
        pendingFactors.withLock { $0[personID] = nil }
    }

    /// Ends sessions and tokens in time, and stores when they were last used.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var stored = self.credentials.now
            var use = CredentialUse()
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                use.ended.formUnion(self.credentials.dropEnded())
                let now = self.credentials.now
                guard now >= stored.adding(seconds: Self.storeSeconds) || now < stored else {
                    continue
                }
                let recent = self.credentials.snapshot.use(since: stored)
                (use.sessions, use.tokens) = (recent.sessions, recent.tokens)
                stored = now
                if await self.store(use) { use = CredentialUse() }
            }
        }
        _ = await store(credentials.snapshot.use(since: .init(milliseconds: 0)))
    }

    /// Whether the uses were stored.
    private func store(_ use: CredentialUse) async -> Bool {
        guard !use.isEmpty else { return true }
        do {
            try await recorder.record(use)
            return true
        } catch {
            logger.error(
                "the last uses of credentials could not be stored",
                metadata: ["error": "\(error.message)"]
            )
            return false
        }
    }
}
