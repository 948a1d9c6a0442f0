/// What the listener knows of one TCP connection; used on the listener's thread only.
@safe final class Connection {
    /// libmicrohttpd's handle.
    ///
    /// SAFETY: valid from the connection's start to its end, both of which the library announces on
    /// the listener's thread; this object is dropped at the end.
    let handle: OpaquePointer
    /// The other end.
    let peer: IPAddress
    /// When what is awaited must be here, in the loop's milliseconds: the next request, or what its exchange's state awaits.
    var deadline: Int64
    /// When the connection last became idle.
    var idleSince: Int64
    /// Whether, since then, somebody has looked if the peer is still there.
    var isPeerChecked = false
    /// The request that is being dealt with; nil while the connection is idle.
    var exchange: Exchange?
    /// The head of the last request that a route took.
    var known: RequestHeadCache?

    init(handle: OpaquePointer, peer: IPAddress, now: Int64, deadline: Int64) {
        unsafe self.handle = handle
        self.peer = peer
        self.deadline = deadline
        idleSince = now
    }
}
