internal import CMicrohttpd
internal import Platform
internal import Synchronization

/// A queue of exchanges to continue, from any thread to the listener's own.
///
/// libmicrohttpd is only called on the listener's thread, so a thread that has a response queues the exchange here
/// and signals the eventfd that the listener's thread polls. A batch signals once.
final class WakeQueue: Sendable {
    /// The eventfd that the listener's thread polls beside libmicrohttpd's descriptor.
    var event: Int32 { descriptor.number }
    private let descriptor: OwnedDescriptor
    private let waiting = Mutex<[Exchange]>([])
    private let isRung = Atomic<Bool>(false)

    /// Nil if the system is out of descriptors.
    init?() {
        guard let descriptor = OwnedDescriptor.adopt(lpr_event_open()) else { return nil }
        self.descriptor = descriptor
    }

    /// Whether there is something to take, without a system call.
    var hasWork: Bool { isRung.load(ordering: .acquiring) }

    /// Adds an exchange and signals.
    func push(_ exchange: Exchange) {
        waiting.withLock { $0.append(exchange) }
        ring()
    }

    /// Wakes the listener's thread once.
    func ring() {
        guard !isRung.exchange(true, ordering: .acquiringAndReleasing) else { return }
        lpr_event_signal(event)
    }

    /// Takes all queued exchanges.
    ///
    /// Later ones signal again.
    func drain() -> [Exchange] {
        guard hasWork else { return [] }
        lpr_event_clear(event)
        isRung.store(false, ordering: .releasing)
        return waiting.withLock { waiting in
            let taken = waiting
            waiting.removeAll(keepingCapacity: true)
            return taken
        }
    }
}
