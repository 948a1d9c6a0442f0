/// A body that is made while the client reads it, in constant memory.
///
/// `next` is asked for one chunk at a time, and again only when the client has taken most of the last
/// one; a chunk of 16 to 256 KiB is a good size. After nil, an error, or the client's going away it is
/// not asked again.
public protocol BodyStream: Sendable {
    /// The next chunk, or nil at the end. An error cuts the connection, so that the client sees that
    /// the body is incomplete.
    func next() async throws -> [UInt8]?
}
