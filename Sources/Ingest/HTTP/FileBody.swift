internal import Platform

/// A range of an open file as a response body.
///
/// Owns the descriptor until the listener takes it over, and closes it if that never happens.
public final class FileBody: Sendable {
    /// The first byte to send.
    public let offset: Int
    /// The number of bytes to send.
    public let count: Int
    private let descriptor: OwnedDescriptor

    /// A range of an open file; takes over the descriptor.
    public init(descriptor: Int32, offset: Int, count: Int) {
        self.descriptor = OwnedDescriptor(descriptor)
        self.offset = offset
        self.count = count
    }

    /// Transfers the ownership of the descriptor, once; nil after that.
    func takeDescriptor() -> Int32? { descriptor.take() }
}
