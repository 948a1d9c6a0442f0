public import Core
internal import Synchronization

/// What takes the one answer to a request: the listener's exchange, or a test.
public protocol ResponseSink: Sendable {
    /// Takes the answer, on any thread; called once.
    func take(_ response: Response)
}

/// The right to answer one request, once, from any thread.
///
/// A responder that is dropped without an answer answers 500, so that no client waits for ever.
public final class Responder: Sendable {
    /// The request's id, for a refusal's answer and the log.
    public let requestID: String
    private let sink: any ResponseSink
    private let isSpent = Atomic<Bool>(false)

    /// Makes a responder for one request.
    public init(requestID: String, sink: any ResponseSink) {
        self.requestID = requestID
        self.sink = sink
    }

    deinit {
        send(refusal: Refusal(.fault, "the server forgot to answer"))
    }

    /// Sends the answer; a second one is ignored.
    public func send(_ response: Response) {
        guard !isSpent.exchange(true, ordering: .acquiringAndReleasing) else { return }
        sink.take(response)
    }

    /// Sends a refusal; ignored after an answer.
    public func send(refusal: Refusal) {
        send(.refusal(refusal, id: requestID))
    }
}
