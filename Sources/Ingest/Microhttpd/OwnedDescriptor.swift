internal import Glibc
internal import Synchronization

/// A file descriptor that is closed exactly once: here, or by its new owner.
final class OwnedDescriptor: Sendable {
    private let descriptor: Atomic<Int32>

    init(_ descriptor: Int32) {
        self.descriptor = Atomic(descriptor)
    }

    deinit {
        if let descriptor = take() { close(descriptor) }
    }

    /// Transfers the ownership of the descriptor; nil if it was transferred already.
    func take() -> Int32? {
        let taken = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        return taken < 0 ? nil : taken
    }
}
