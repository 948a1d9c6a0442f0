internal import CMicrohttpd
internal import Core
internal import Foundation
internal import Glibc
internal import HeapModule
internal import Platform
internal import Synchronization

/// One thread for all sockets that have left HTTP: what is ready, what is due, what others ask for.
///
/// All state of the gateway lives on this thread, so that nothing in it needs a lock; other threads hand
/// work over with ``run(_:orElse:)``.
///
/// SAFETY: `@unchecked Sendable` because everything outside `inbox` is touched on the loop's own thread
/// only, and the two descriptors never change. What is ready is written into a buffer that is lent for the
/// length of one call.
@safe final class SocketLoop: @unchecked Sendable {
    typealias Work = @Sendable (SocketLoop) -> Void

    private struct Inbox {
        var work: [Work] = []
        var hasEnded = false
    }

    private let inbox = Mutex(Inbox())
    private let isRung = Atomic<Bool>(false)
    private let control = LoopControl()
    private let pollOwner: OwnedDescriptor
    private let bellOwner: OwnedDescriptor
    private var poll: Int32 { pollOwner.number }
    private var bell: Int32 { bellOwner.number }
    private var sockets: [Int32: any SocketWatcher] = [:]
    private var timers = Heap<SocketTimer>()
    private var timerCount = 0
    /// As many timers as there may be before those that were cancelled are looked for.
    private var timersMax = 1_024
    /// Milliseconds since some moment in the past, as of this round.
    private(set) var now = lpr_milliseconds()

    /// Starts the thread.
    ///
    /// Throws ``ListenError`` where the system has no descriptor left.
    init() throws(ListenError) {
        pollOwner = OwnedDescriptor(lpr_poll_open())
        bellOwner = OwnedDescriptor(lpr_event_open())
        guard poll >= 0, bell >= 0 else { throw .system("out of file descriptors") }
        lpr_poll_add(poll, bell)
        NamedThread.start("gateway") { [self] in turn() }
    }

    /// How many sockets there are.
    var socketCount: Int { sockets.count }

    /// How many timers are kept, those included that were cancelled; loop's thread only.
    var timersKept: Int { timers.count }

    /// Runs `work` on the loop's thread, in the order of the calls; `orElse` here and now where the loop
    /// has ended.
    func run(_ work: @escaping Work, orElse: () -> Void = {}) {
        let isTaken = inbox.withLock { inbox in
            guard !inbox.hasEnded else { return false }
            inbox.work.append(work)
            return true
        }
        guard isTaken else { return orElse() }
        if !isRung.exchange(true, ordering: .acquiringAndReleasing) { lpr_event_signal(bell) }
    }

    /// Runs `work` after some milliseconds, unless it is cancelled; loop's thread only.
    @discardableResult
    func after(_ milliseconds: Int64, _ work: @escaping () -> Void) -> SocketTimer {
        timerCount += 1
        if timers.count >= timersMax { forgetCancelled() }
        let timer = SocketTimer(due: now + milliseconds, number: timerCount, work)
        timers.insert(timer)
        return timer
    }

    /// Timers are cancelled far more often than they come due; kept until then, they would pile up.
    private func forgetCancelled() {
        timers = Heap(timers.unordered.filter { !$0.isCancelled })
        timersMax = max(1_024, timers.count * 2)
    }

    /// Begins to watch a socket for input; loop's thread only.
    func watch(_ descriptor: Int32, _ watcher: any SocketWatcher) {
        sockets[descriptor] = watcher
        lpr_poll_add(poll, descriptor)
    }

    /// Says what is waited for from now on; loop's thread only.
    func change(_ descriptor: Int32, reads: Bool, writes: Bool) {
        lpr_poll_change(poll, descriptor, reads, writes)
    }

    /// Forgets a socket and closes it; loop's thread only.
    func close(_ descriptor: Int32) {
        sockets[descriptor] = nil
        lpr_poll_remove(poll, descriptor)
        SocketLoop.closeDescriptor(descriptor)
    }

    /// Closes a socket that no loop took.
    static func closeDescriptor(_ descriptor: Int32) { Glibc.close(descriptor) }

    /// Ends the thread once it is asked to and returns when it has ended.
    func stop() async {
        control.requestStop()
        run { _ in }
        await control.ended()
    }

    private func turn() {
        var ready = [lpr_ready](repeating: lpr_ready(), count: 256)
        while !control.isStopRequested {
            let count = unsafe lpr_poll_wait(poll, &ready, Int32(ready.count), timeout())
            now = lpr_milliseconds()
            for event in ready.prefix(Int(count)) {
                if event.socket == bell {
                    lpr_event_clear(bell)
                    isRung.store(false, ordering: .releasing)
                    continue
                }
                // Closed, perhaps, by what another socket's turn did.
                guard let watcher = sockets[event.socket] else { continue }
                if event.can_write { watcher.canWrite() }
                if event.can_read { watcher.canRead() }
            }
            doWork()
            fireTimers()
        }
        end()
    }

    private func timeout() -> Int32 {
        guard let next = timers.min else { return -1 }
        return Int32(clamping: max(0, min(next.due - lpr_milliseconds(), 60_000)))
    }

    private func doWork() {
        let work = inbox.withLock { inbox in
            defer { inbox.work = [] }
            return inbox.work
        }
        for each in work { each(self) }
    }

    private func fireTimers() {
        while let next = timers.min, next.due <= now || next.isCancelled {
            timers.removeMin()
            next.fire()
        }
    }

    private func end() {
        let left = inbox.withLock { inbox in
            inbox.hasEnded = true
            defer { inbox.work = [] }
            return inbox.work
        }
        for each in left { each(self) }
        for descriptor in sockets.keys { SocketLoop.closeDescriptor(descriptor) }
        sockets = [:]
        timers = Heap()
        control.announceEnd()
    }
}

/// A socket's owner, told on the loop's thread what the socket is ready for.
protocol SocketWatcher: AnyObject {
    /// There is input, or an end.
    func canRead()
    /// There is room for output again.
    func canWrite()
}
