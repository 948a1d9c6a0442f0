/// A part of an open file as an answer's body.
///
/// Owns the descriptor until the listener takes it over, and closes it if that never happens.
public final class FileBody: Sendable {
    /// The first byte to send.
    public let offset: Int
    /// How many bytes to send.
    public let count: Int
    private let descriptor: OwnedDescriptor

    /// A part of the open file; the descriptor belongs to this object from now on.
    public init(descriptor: Int32, offset: Int, count: Int) {
        self.descriptor = OwnedDescriptor(descriptor)
        self.offset = offset
        self.count = count
    }

    /// Gives the descriptor away, once; nil after that.
    func takeDescriptor() -> Int32? { descriptor.take() }
}
