extension Exchange {
    /// How far a request has come; the only state of a connection besides "idle", which is to have no exchange.
    ///
    /// | state | event → next state | moved by |
    /// | --- | --- | --- |
    /// | head | bodyBegins → body | `headersComplete` |
    /// | body | mustWait → held | `holdLargeBody`: an upload that waits for its turn |
    /// | held | bodyBegins → body | `beginBody`: its turn has come, or it is refused |
    /// | body | complete → working | `requestComplete` |
    /// | body, working | answered → answering | `queue` |
    /// | head, body | refusedEarly → draining | `sendLast`: past libmicrohttpd |
    /// | any | ended → over | `refuseLate`, and `finish`, which always comes |
    ///
    /// All of these run on the listener's thread. Whether the connection is suspended meanwhile is another
    /// question (``Suspension``); what is done with the request once it is complete is a decision, not a state (``Disposition``).
    enum State: CaseIterable {
        /// The request line has arrived; the headers are awaited.
        case head
        /// The body waits for its turn; the connection is suspended.
        case held
        /// The body is awaited; what is next without data is the end of it.
        case body
        /// The action runs, or its refusal is delayed; the connection is suspended.
        case working
        /// The answer is queued; it, or a stream, is being sent.
        case answering
        /// Refused past libmicrohttpd; later input is discarded.
        case draining
        /// Finished; the connection ends, or its next request begins.
        case over
    }

    /// An event that moves a request from one ``State`` to another.
    enum Event: CaseIterable {
        case bodyBegins
        case mustWait
        case complete
        case answered
        case refusedEarly
        case ended
    }
}

extension Exchange.State {
    /// The next state; nil if the event cannot occur in this one.
    func after(_ event: Exchange.Event) -> Exchange.State? {
        switch (self, event) {
        case (_, .ended): .over
        case (.head, .bodyBegins), (.held, .bodyBegins): .body
        case (.body, .mustWait): .held
        case (.body, .complete): .working
        case (.body, .answered), (.working, .answered): .answering
        case (.head, .refusedEarly), (.body, .refusedEarly): .draining
        default: nil
        }
    }
}
