internal import CMicrohttpd
internal import Glibc
internal import Synchronization

/// The exchanges that have something to do, from any thread to the listener's own.
///
/// libmicrohttpd is only ever called on the listener's thread, so whoever has an answer leaves the
/// exchange here and rings the eventfd that the thread polls. A batch rings once.
final class WakeQueue: Sendable {
    /// What the listener's thread polls beside libmicrohttpd's descriptor.
    let event: Int32
    private let waiting = Mutex<[Exchange]>([])
    private let isRung = Atomic<Bool>(false)

    /// Nil where the system has no descriptor left.
    init?() {
        event = lpr_event_open()
        guard event >= 0 else { return nil }
    }

    deinit { close(event) }

    /// Whether there is something to take, without a system call.
    var hasWork: Bool { isRung.load(ordering: .acquiring) }

    /// Adds an exchange and rings.
    func push(_ exchange: Exchange) {
        waiting.withLock { $0.append(exchange) }
        ring()
    }

    /// Makes the listener's thread go round once.
    func ring() {
        guard !isRung.exchange(true, ordering: .acquiringAndReleasing) else { return }
        lpr_event_signal(event)
    }

    /// Takes everything that waits.
    ///
    /// What is pushed from now on rings again.
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
