/// The result of reading from a content source.
enum ContentRead {
    /// Some bytes, at least one and at most as many as requested.
    case bytes(ArraySlice<UInt8>)
    /// Nothing yet; the waker is called when there is.
    case wait
    /// The end.
    case end
    /// It cannot be continued; the connection is closed.
    case failure
}

/// Woken when a content source has data.
protocol Waker: AnyObject, Sendable {
    /// Called on any thread, any number of times.
    func wake()
}

extension Response {
    /// Releases the resources of a response that will not be sent.
    ///
    /// A file closes itself.
    func discard() {
        if case .events(let subscription) = body { subscription.close() }
    }
}

/// A streamed response body: read by the listener's thread, filled by others.
protocol ContentSource: AnyObject, Sendable {
    /// Whether silence is normal: such a source may wait forever.
    var mayBeSilent: Bool { get }
    /// Called once, before the first `next`.
    func attach(_ waker: any Waker)
    /// Returns available data, without waiting.
    func next(atMost count: Int) -> ContentRead
    /// The client is gone, or has everything: `next` is not called again. May be called more than once.
    func close()
    /// The service stops or waited too long: `next` must return `.end` or `.failure` from now on.
    func finish()
}
