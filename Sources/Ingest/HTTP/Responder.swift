public import Core
internal import Synchronization

/// What takes the one answer to a request: the listener's exchange, or a test.
public protocol ResponseSink: Sendable {
    /// Takes the answer, on any thread; called once.
    ///
    /// It is made when it is sent, by the thread that sends it, or dropped where nobody waits for it any more.
    func take(_ answer: @escaping @Sendable () -> Response)
}

extension ResponseSink {
    /// Takes an answer that is made already.
    func take(_ response: Response) { take { response } }
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
        send(refusal: Refusal(.fault, "internal error: the handler sent no response"))
    }

    /// Sends the answer; a second one is ignored.
    public func send(_ response: Response) { send { response } }

    /// Sends the answer that `make` makes, on the thread that sends it: who answers many at once, as the
    /// writer does after a commit, only says what they are.
    public func send(_ make: @escaping @Sendable () -> Response) {
        guard !isSpent.exchange(true, ordering: .acquiringAndReleasing) else { return }
        sink.take(make)
    }

    /// Sends a refusal; ignored after an answer.
    public func send(refusal: Refusal) {
        // Made on demand: each responder tries to send one at its end.
        send { [requestID] in .refusal(refusal, id: requestID) }
    }
}
