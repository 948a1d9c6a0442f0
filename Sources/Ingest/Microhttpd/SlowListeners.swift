internal import CMicrohttpd
internal import Glibc

/// The listeners to events whose sockets are full, until there is room; used on the listener's thread.
///
/// SAFETY: the descriptors are libmicrohttpd's; each is taken out when its request ends, before the
/// library closes it. The epoll descriptor is this object's own.
@safe final class SlowListeners {
    /// What the listener's thread polls; -1 where nobody is slow.
    var descriptor: Int32 { waiting.isEmpty ? -1 : poll }

    private let poll = lpr_poll_open()
    private var waiting: [Int32: Exchange] = [:]

    deinit { close(poll) }

    /// Waits for an exchange's socket to have room; false where it is waited for already.
    func add(_ exchange: Exchange) -> Bool {
        let socket = unsafe lpr_socket(exchange.handle)
        guard waiting.updateValue(exchange, forKey: socket) == nil else { return false }
        lpr_poll_add(poll, socket)
        lpr_poll_change(poll, socket, false, true)
        return true
    }

    /// Waits for it no more.
    func remove(_ exchange: Exchange) {
        guard !waiting.isEmpty else { return }
        let socket = unsafe lpr_socket(exchange.handle)
        guard waiting[socket] === exchange else { return }
        waiting[socket] = nil
        lpr_poll_remove(poll, socket)
    }

    /// Those that have room again, or are broken.
    func ready() -> [Exchange] {
        guard !waiting.isEmpty else { return [] }
        var ready = [lpr_ready](repeating: lpr_ready(), count: 64)
        let count = unsafe lpr_poll_wait(poll, &ready, Int32(ready.count), 0)
        return ready.prefix(Int(count)).compactMap { waiting[$0.socket] }
    }
}
