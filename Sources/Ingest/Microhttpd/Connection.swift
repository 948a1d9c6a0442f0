/// What the listener knows of one TCP connection; used on the listener's thread only.
@safe final class Connection {
    /// Where the connection stands, which decides what an overdue one gets.
    enum Stage {
        /// Between requests, the first one included: nothing has arrived.
        case idle
        /// The request line is here, the headers are not.
        case headers
        /// The headers are here, the body is not.
        case body
        /// The request is here; the answer is being made or sent.
        case answering
        /// A refusal was sent past libmicrohttpd; what still arrives is thrown away.
        case lingering
    }

    /// libmicrohttpd's handle.
    ///
    /// SAFETY: valid from the connection's start to its end, both of which the library announces on
    /// the listener's thread; this object is dropped at the end.
    let handle: OpaquePointer
    /// The other end.
    let peer: IPAddress
    /// Where the connection stands.
    var stage = Stage.idle
    /// When the current stage must be over, in the loop's milliseconds.
    ///
    /// Set once on entering a stage, so that a byte now and then does not prolong it.
    var deadline: Int64
    /// When the connection last became idle.
    var idleSince: Int64
    /// Whether, since then, somebody has looked if the peer is still there.
    var isPeerChecked = false
    /// The request that is being dealt with.
    var exchange: Exchange?
    /// The head of the last request that a route took.
    var known: RequestHeadCache?

    init(handle: OpaquePointer, peer: IPAddress, now: Int64, deadline: Int64) {
        unsafe self.handle = handle
        self.peer = peer
        self.deadline = deadline
        idleSince = now
    }

    /// Enters a stage that must be over at `deadline`.
    func enter(_ stage: Stage, until deadline: Int64) {
        self.stage = stage
        self.deadline = deadline
    }
}
