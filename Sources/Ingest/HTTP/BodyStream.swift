/// A response body that is produced while the client reads it, in constant memory.
///
/// `next` is called for one chunk at a time, and again only when the client has received most of the last one; a
/// chunk of 16 to 256 KiB is a good size. It is not called again after nil, an error, or a disconnect.
public protocol BodyStream: Sendable {
    /// The next chunk, or nil at the end. An error closes the connection, so that the client sees that the body is
    /// incomplete.
    func next() async throws -> [UInt8]?
}
