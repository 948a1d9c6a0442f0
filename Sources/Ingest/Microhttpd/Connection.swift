/// The listener's state of one TCP connection; used on the listener's thread only.
@safe final class Connection {
    /// libmicrohttpd's handle.
    ///
    /// SAFETY: valid from the connection's start to its end, both of which the library announces on
    /// the listener's thread; this object is dropped at the end.
    let handle: OpaquePointer
    /// The peer's address.
    let peer: IPAddress
    /// The deadline in the loop's milliseconds: for the next request, or for what its exchange's state awaits.
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
}
