internal import Synchronization

/// The memory budget for request bodies, shared by the listeners (`BODY_MEMORY_MAX`).
public final class BodyMemory: Sendable {
    /// The budget in bytes.
    public let bytesMax: Int
    private let used = Atomic<Int>(0)

    /// A budget of so many bytes.
    public init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Bytes in use.
    public var bytesUsed: Int { used.load(ordering: .relaxed) }

    /// Bytes that bodies over 1 MiB may not use, so that single reads are still accepted beside them.
    public static let keptForSmall = 8 * 1_024 * 1_024

    /// Reserves bytes; false, and nothing reserved, if they are not available.
    func reserve(_ bytes: Int, forLargeBody isLarge: Bool = false) -> Bool {
        let bytesMax = isLarge ? bytesMax - Self.keptForSmall : bytesMax
        guard used.add(bytes, ordering: .relaxed).newValue > bytesMax else { return true }
        release(bytes)
        return false
    }

    /// Releases bytes.
    func release(_ bytes: Int) {
        used.subtract(bytes, ordering: .relaxed)
    }
}
