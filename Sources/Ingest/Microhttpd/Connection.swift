/// The listener's state of one TCP connection; used on the listener's thread only.
@safe final class Connection {
    /// libmicrohttpd's handle.
    ///
    /// SAFETY: valid from the connection's start to its end, both of which the library announces on
    /// the listener's thread; this object is dropped at the end.
    let handle: OpaquePointer
    /// The peer.
    let peer: Peer
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

    /// The other end of a connection.
    enum Peer {
        case address(IPAddress)
        /// A process on this machine, at the Unix socket.
        case user(LocalUser)
    }

    /// Where its requests come from, if they have these headers.
    func client(_ headers: Headers = Headers()) -> ClientAddress {
        switch peer {
        case .address(let address): ClientAddress(peer: address, headers: headers)
        case .user(let user): ClientAddress(user: user)
        }
    }

    init(handle: OpaquePointer, peer: Peer, now: Int64, deadline: Int64) {
        unsafe self.handle = handle
        self.peer = peer
        self.deadline = deadline
        idleSince = now
    }
}
