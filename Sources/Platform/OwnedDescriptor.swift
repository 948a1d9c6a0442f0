internal import Glibc
internal import Synchronization

/// A file descriptor that is closed exactly once: here, or by its new owner.
public final class OwnedDescriptor: Sendable {
    private let descriptor: Atomic<Int32>

    /// Takes over a descriptor; a negative one stands for none.
    public init(_ descriptor: Int32) {
        self.descriptor = Atomic(descriptor)
    }

    /// Takes over the result of a call that opens one; nil, with `errno` as it is, if the call failed.
    public static func adopt(_ result: Int32) -> OwnedDescriptor? {
        result < 0 ? nil : OwnedDescriptor(result)
    }

    deinit {
        if let descriptor = take() { close(descriptor) }
    }

    /// The descriptor, which is open for as long as this object exists; negative if there is none, or if it was transferred.
    public var number: Int32 { descriptor.load(ordering: .relaxed) }

    /// Transfers the ownership of the descriptor; nil if it was transferred already.
    public func take() -> Int32? {
        let taken = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        return taken < 0 ? nil : taken
    }
}
