internal import CMicrohttpd
internal import Platform

/// The event streams whose sockets are full, until they have room; used on the listener's thread.
///
/// SAFETY: the descriptors are libmicrohttpd's; each is removed when its request ends, before the library closes it.
/// The epoll descriptor is this object's own.
@safe final class SlowListeners {
    /// The descriptor that the listener's thread polls; -1 if no stream is slow.
    var descriptor: Int32 { waiting.isEmpty ? -1 : poll }

    private var poll: Int32 { owner.number }
    private let owner = OwnedDescriptor(lpr_poll_open())
    private var waiting: [Int32: Exchange] = [:]

    /// Waits for an exchange's socket to have room; false if it waits already.
    func add(_ exchange: Exchange) -> Bool {
        let socket = unsafe lpr_socket(exchange.handle)
        guard waiting.updateValue(exchange, forKey: socket) == nil else { return false }
        lpr_poll_add(poll, socket)
        lpr_poll_change(poll, socket, false, true)
        return true
    }

    /// Stops waiting.
    func remove(_ exchange: Exchange) {
        guard !waiting.isEmpty else { return }
        let socket = unsafe lpr_socket(exchange.handle)
        guard waiting[socket] === exchange else { return }
        waiting[socket] = nil
        lpr_poll_remove(poll, socket)
    }

    /// The streams that have room again, or are broken.
    func ready() -> [Exchange] {
        guard !waiting.isEmpty else { return [] }
        var ready = [lpr_ready](repeating: lpr_ready(), count: 64)
        let count = unsafe lpr_poll_wait(poll, &ready, Int32(ready.count), 0)
        return ready.prefix(Int(count)).compactMap { waiting[$0.socket] }
    }
}
