internal import CMicrohttpd

/// Events go from their stream directly to the socket: the connection stays suspended in its chunked body, and each
/// event costs only the one `send`.
///
/// libmicrohttpd would take five locks, two changes of its epoll set and two walks through its state machine per
/// event and client. It sends the headers, the first chunk, and the end.
extension Exchange {
    /// The connection is suspended in its event stream, with everything sent: from now on events are sent from here,
    /// if the client understands chunks.
    func beginEvents() {
        if understandsChunks { events = source as? EventSubscription }
    }

    /// Sends the waiting events; false if libmicrohttpd must continue, to end the stream.
    func sendEvents() -> Bool {
        guard let events, keepParked() else { return false }
        guard unsent.isEmpty || sendRest() else { return !isBroken && !events.isEnded }
        while true {
            switch events.next(atMost: .max) {
            case .bytes(let bytes):
                if !send(chunk: bytes) { return !isBroken }
            case .wait: return true
            case .end, .failure: return false
            }
        }
    }

    /// False if not everything is sent.
    private func send(chunk bytes: ArraySlice<UInt8>) -> Bool {
        let left = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe lpr_send_chunk(handle, buffer.baseAddress, buffer.count)
        }
        guard left != 0 else { return true }
        let size = String(bytes.count, radix: 16)
        unsent = Array("\(size)\r\n".utf8) + bytes + [0x0D, 0x0A]
        keep(left)
        return false
    }

    private func sendRest() -> Bool {
        let left = unsafe unsent.withUnsafeBufferPointer { buffer in
            unsafe lpr_send_rest(handle, buffer.baseAddress, buffer.count)
        }
        keep(left)
        return left == 0
    }

    /// Keeps what the socket did not accept until it has room; the deadline ends a client that never has.
    private func keep(_ left: Int) {
        isBroken = left < 0
        unsent.removeFirst(unsent.count - max(0, left))
        if left > 0 {
            if loop.slowListeners.add(self) {
                connection.deadline = loop.now + loop.keepAliveMilliseconds
            }
        } else {
            connection.deadline = .max
            loop.slowListeners.remove(self)
        }
    }
}
