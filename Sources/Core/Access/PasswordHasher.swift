internal import Foundation
internal import Synchronization

/// Hashes passwords, one at a time, on a queue of its own.
///
/// Each digest takes 16 MiB and a fifth of a second of one processor. Guessing may therefore take neither more memory
/// nor more processors than that, nor a thread of Swift's cooperative pool; beyond a number of waiting callers it is
/// refused.
public final class PasswordHasher: Sendable {
    private let queue = DispatchQueue(label: "passwords", qos: .utility)
    private let waitingMax: Int
    private let waiting = Mutex(0)

    /// Makes a hasher that refuses callers while `waitingMax` others wait or are served.
    public init(waitingMax: Int = 32) {
        self.waitingMax = waitingMax
    }

    /// The digest of a new password.
    ///
    /// Throws ``Refusal`` (`busy`) if too many callers wait.
    public func hash(_ password: String) async throws(Refusal) -> PasswordHash {
        try await run { PasswordHash(of: password) }
    }

    /// Whether `hash` is the digest of a password; without one it takes as long and answers false.
    ///
    /// Throws ``Refusal`` (`busy`) if too many callers wait.
    public func matches(
        _ password: String,
        _ hash: PasswordHash?
    ) async throws(Refusal) -> Bool {
        try await run {
            let matches = (hash ?? .ofNobody).matches(password)
            return matches && hash != nil
        }
    }

    private func run<T: Sendable>(
        _ body: @escaping @Sendable () -> T
    ) async throws(Refusal) -> T {
        let isAdmitted = waiting.withLock { waiting in
            guard waiting < waitingMax else { return false }
            waiting += 1
            return true
        }
        guard isAdmitted else {
            throw Refusal(.busy, "too many sign-ins at once; try again in a moment")
        }
        return await withCheckedContinuation { continuation in
            queue.async {
                let result = body()
                self.waiting.withLock { $0 -= 1 }
                continuation.resume(returning: result)
            }
        }
    }
}
