public import Core
internal import Synchronization

/// Receives the one response to a request: the listener's exchange, or a test.
public protocol ResponseSink: Sendable {
    /// Takes the response, on any thread; called once.
    ///
    /// It is built when it is sent, by the thread that sends it, or dropped if the client is gone.
    func take(_ answer: @escaping @Sendable () -> Response)
}

extension ResponseSink {
    /// Takes a response that is built already.
    func take(_ response: Response) { take { response } }
}

/// Sends the response to one request, once, from any thread.
///
/// A responder that is dropped without a response answers 500, so that no client waits forever.
public final class Responder: Sendable {
    /// The request's id, for refusals and the log.
    public let requestID: String
    private let sink: any ResponseSink
    private let isSpent = Atomic<Bool>(false)

    /// Makes a responder for one request.
    public init(requestID: String, sink: any ResponseSink) {
        self.requestID = requestID
        self.sink = sink
    }

    deinit {
        send(refusal: Refusal(.fault, "internal error: the handler sent no response"))
    }

    /// Sends the response; a second one is ignored.
    public func send(_ response: Response) { send { response } }

    /// Sends the response that `make` builds on the sending thread: the writer, which answers many requests after a
    /// commit, only passes closures.
    public func send(_ make: @escaping @Sendable () -> Response) {
        guard !isSpent.exchange(true, ordering: .acquiringAndReleasing) else { return }
        sink.take(make)
    }

    /// Sends a refusal; ignored after an answer.
    public func send(refusal: Refusal) {
        // Built on demand: each responder tries to send one at its end.
        send { [requestID] in .refusal(refusal, id: requestID) }
    }
}
