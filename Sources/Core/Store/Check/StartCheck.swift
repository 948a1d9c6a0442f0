import Foundation
public import Logging

/// The quick check of a start: what it finds is logged, and nothing waits for it.
public struct StartCheck: Sendable {
    private let store: Store
    private let picturesPath: String
    private let logger: Logger

    /// A check of a store and its pictures.
    public init(store: Store, picturesPath: String, logger: Logger) {
        (self.store, self.picturesPath, self.logger) = (store, picturesPath, logger)
    }

    /// Checks on a background thread, and returns once that is done.
    public func run() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .background).async {
                check()
                continuation.resume()
            }
        }
    }

    private func check() {
        do {
            var kinds = 0
            try StoreCheck(store: store, picturesPath: picturesPath).run(quick: true) { finding in
                kinds += 1
                logger.error(
                    "damage found by the quick check: \(finding.sentence)",
                    metadata: ["kind": "\(finding.kind.rawValue)"]
                )
            }
            if kinds > 0 {
                logger.error("`lprserver check` says all of the damage; reads are taken meanwhile")
            }
        } catch {
            logger.warning("the quick check failed", metadata: ["error": "\(error)"])
        }
    }
}
