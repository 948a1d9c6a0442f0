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

    /// Bytes that no body over a mebibyte may take, so that single reads still come in beside it.
    public static let keptForSmall = 8 * 1_024 * 1_024

    /// Takes bytes from the budget; false, and nothing taken, where they are not there.
    func reserve(_ bytes: Int, forLargeBody isLarge: Bool = false) -> Bool {
        let bytesMax = isLarge ? bytesMax - Self.keptForSmall : bytesMax
        guard used.add(bytes, ordering: .relaxed).newValue > bytesMax else { return true }
        release(bytes)
        return false
    }

    /// Gives bytes back.
    func release(_ bytes: Int) {
        used.subtract(bytes, ordering: .relaxed)
    }
}
