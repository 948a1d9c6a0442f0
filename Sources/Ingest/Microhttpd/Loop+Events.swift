internal import CMicrohttpd

extension Loop {
    /// Event streams that are sent to before libmicrohttpd runs again: thousands may have events at once, and a read
    /// must not wait for all of them.
    private static let listenersPerRound = 256

    /// Continues woken exchanges: responses at once, event streams some per round.
    func continueWoken() {
        for exchange in wakeQueue.drain() {
            if exchange.events == nil { exchange.resume() } else { listeners.append(exchange) }
        }
        listeners += slowListeners.ready()
        let end = min(listeners.count, nextListener + Self.listenersPerRound)
        while nextListener < end {
            let exchange = listeners[nextListener]
            nextListener += 1
            if !exchange.sendEvents() { exchange.resume() }
        }
        if nextListener == listeners.count {
            listeners.removeAll(keepingCapacity: true)
            nextListener = 0
        }
    }
}
