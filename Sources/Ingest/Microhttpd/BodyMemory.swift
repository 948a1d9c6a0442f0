internal import Synchronization

/// The budget for bodies in memory, shared by the listeners (`BODY_MEMORY_MAX`).
public final class BodyMemory: Sendable {
    /// Bytes at the most.
    public let bytesMax: Int
    private let used = Atomic<Int>(0)

    /// A budget of so many bytes.
    public init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Bytes in use.
    public var bytesUsed: Int { used.load(ordering: .relaxed) }

    /// Takes bytes from the budget; false, and nothing taken, where they are not there.
    func reserve(_ bytes: Int) -> Bool {
        guard used.add(bytes, ordering: .relaxed).newValue > bytesMax else { return true }
        release(bytes)
        return false
    }

    /// Gives bytes back.
    func release(_ bytes: Int) {
        used.subtract(bytes, ordering: .relaxed)
    }
}
