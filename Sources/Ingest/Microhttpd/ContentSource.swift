/// What a body that is made on the way has to say when the client can take more.
enum ContentRead {
    /// Some bytes, at least one and no more than were asked for.
    case bytes(ArraySlice<UInt8>)
    /// Nothing yet; the waker is called when there is.
    case wait
    /// The end.
    case end
    /// It cannot be continued; the connection is cut.
    case failure
}

/// Someone who waits for a content source to have something.
protocol Waker: AnyObject, Sendable {
    /// Called on any thread, any number of times.
    func wake()
}

extension Response {
    /// The answer will not be sent: lets go of what it holds elsewhere.
    ///
    /// A file closes by itself.
    func discard() {
        if case .events(let subscription) = body { subscription.close() }
    }
}

/// A body that is made on the way: asked by the listener's thread, filled by others.
protocol ContentSource: AnyObject, Sendable {
    /// Whether silence is normal: such a source may wait for ever.
    var mayBeSilent: Bool { get }
    /// Called once, before the first `next`.
    func attach(_ waker: any Waker)
    /// What there is, without waiting.
    func next(atMost count: Int) -> ContentRead
    /// The client is gone, or has all: nothing more is asked. May be called more than once.
    func close()
    /// The service stops or waited too long: `next` must say `.end` or `.failure` from now on.
    func finish()
}
