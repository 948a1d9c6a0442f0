/// The listener's state of one TCP connection; used on the listener's thread only.
@safe final class Connection {
    /// The stage of the connection, which determines the response when it is overdue.
    enum Stage {
        /// Between requests, including before the first one: nothing has arrived.
        case idle
        /// The request line has arrived, the headers have not.
        case headers
        /// The headers have arrived, the body has not.
        case body
        /// The request is complete; the response is being built or sent.
        case answering
        /// A refusal was sent bypassing libmicrohttpd; further input is discarded.
        case lingering
    }

    /// libmicrohttpd's handle.
    ///
    /// SAFETY: valid from the connection's start to its end, both of which the library announces on
    /// the listener's thread; this object is dropped at the end.
    let handle: OpaquePointer
    /// The peer's address.
    let peer: IPAddress
    /// The current stage.
    var stage = Stage.idle
    /// When the current stage must end, in the loop's milliseconds.
    ///
    /// Set once on entering a stage, so that slow input does not prolong it.
    var deadline: Int64
    /// When the connection last became idle.
    var idleSince: Int64
    /// Whether the peer's presence was checked since then.
    var isPeerChecked = false
    /// The current request.
    var exchange: Exchange?
    /// The head of the last request that a route accepted.
    var known: RequestHeadCache?

    init(handle: OpaquePointer, peer: IPAddress, now: Int64, deadline: Int64) {
        unsafe self.handle = handle
        self.peer = peer
        self.deadline = deadline
        idleSince = now
    }

    /// Enters a stage that must end at `deadline`.
    func enter(_ stage: Stage, until deadline: Int64) {
        self.stage = stage
        self.deadline = deadline
    }
}
