internal import CMicrohttpd
internal import Core
internal import Logging

/// The listener's thread: polls, resumes, sweeps, and runs libmicrohttpd.
///
/// libmicrohttpd has no thread of its own here. Its internal epoll loop calls the blocking `epoll_wait` again
/// whenever one call returned exactly 128 events, so that with 128 busy connections a closed loop stalls. `MHD_run`
/// never blocks; this loop waits, on the library's epoll descriptor and on the eventfd of the wake queue, because a
/// resume in the middle of `MHD_run` would not wake it.
///
/// SAFETY: `@unchecked Sendable` because all mutable state is used on the loop's own thread only, except `control`,
/// which is a lock. The daemon is created before the thread starts, used by it, and stopped by it as its last act;
/// the thread retains the loop until then.
@safe final class Loop: @unchecked Sendable {
    /// Milliseconds that a refused client may continue sending after its answer.
    static let lingerMilliseconds: Int64 = 5_000
    /// Milliseconds from a read's head on for which its body may count as in flight.
    static let slowBodyMilliseconds: Int64 = 1_000
    /// Milliseconds without a byte after which an upload may be ended for its memory.
    static let silentBodyMilliseconds: Int64 = 2_000
    /// Milliseconds for which bytes of a chunked body may remain unread.
    static let endlessChunkMilliseconds: Int64 = 2_000
    /// Milliseconds between two checks of waiting uploads, if nothing else happens.
    private static let turnMilliseconds: Int64 = 2
    /// Milliseconds between two checks of the deadlines.
    private static let sweepMilliseconds: Int64 = 1_000

    let router: Router
    let gate: Gate
    let kind: Listeners
    let place: ListenPlace
    let limits: Limits
    let logger: Logger
    let refusals: Refusals
    let bodyMemory: BodyMemory
    let wakeQueue: WakeQueue
    let answerMilliseconds: Int64
    private let storingMilliseconds: @Sendable () -> Int64
    let control = LoopControl()

    var daemon: OpaquePointer?
    /// Owned by the daemon until it is quiesced.
    var listeningSocket: Int32 = -1
    var connections: [ObjectIdentifier: Connection] = [:]
    /// Event streams with waiting events; those before `nextListener` are sent.
    var listeners: [Exchange] = []
    var nextListener = 0
    /// Those whose clients do not keep up.
    let slowListeners = SlowListeners()
    /// Monotonic milliseconds, as of this round.
    private(set) var now = lpr_milliseconds()
    var isStopping = false
    /// Nothing may be suspended any more: the daemon is about to be stopped.
    var isAborting = false
    var stopDeadline = Int64.max
    var lastFullWarning = Int64.min
    var sweeps = 0
    var delayedRejections = DelayedRejections()
    var shedder: LoadShedder
    var uploads: UploadScheduler<Exchange>
    private var logBudget = LogBudget()
    private var nextSweep: Int64 = 0
    private var wasFull = false
    private var ids = RequestIDs()

    init(_ options: ListenerOptions, wakeQueue: WakeQueue) {
        router = options.router
        gate = options.gate
        kind = options.kind
        place = options.place
        limits = options.limits
        shedder = LoadShedder(roundMax: options.limits.queueWaitMillisecondsMax)
        logger = options.logger
        refusals = options.refusals ?? Refusals(limits: options.limits, logger: options.logger)
        bodyMemory = options.bodyMemory
        uploads = UploadScheduler(
            bodyMemory: options.bodyMemory.bytesMax,
            waitMax: options.limits.queueWaitMillisecondsMax
        )
        answerMilliseconds = Int64(options.answerSeconds) * 1_000
        storingMilliseconds = options.storingMilliseconds
        self.wakeQueue = wakeQueue
    }

    var headerMilliseconds: Int64 { Int64(limits.headerSeconds) * 1_000 }
    var bodyMilliseconds: Int64 { Int64(limits.bodySeconds) * 1_000 }
    var keepAliveMilliseconds: Int64 { Int64(limits.keepAliveSeconds) * 1_000 }

    /// Runs until the listener is stopped; the thread's body.
    func run() {
        while !isOver {
            wait()
            now = lpr_milliseconds()
            shedder.begin(now, storing: storingMilliseconds())
            delayedRejections.release(now: now, all: isStopping || control.isStopRequested)
            continueWoken()
            if control.isStopRequested, !isStopping { beginStop() }
            if now >= nextSweep {
                nextSweep = now + Self.sweepMilliseconds
                sweep()
            }
            takeTurns()
            if let daemon = unsafe daemon { unsafe MHD_run(daemon) }
            shedder.end(lpr_milliseconds())
        }
        endStop()
    }

    private func wait() {
        guard let daemon = unsafe daemon, !wakeQueue.hasWork, listeners.isEmpty,
            !uploads.hasTurn
        else { return }
        let isFull = connections.count >= limits.connectionsMax
        // A connection slot is free again: the library resumes accepting at the start of its next run.
        let mustAccept = wasFull && !isFull
        wasFull = isFull
        let wanted = unsafe lpr_timeout(daemon)
        guard wanted != 0, !mustAccept else { return }
        let nextTurn = uploads.isWaitedFor ? now + Self.turnMilliseconds : .max
        let next = min(nextSweep, nextTurn, delayedRejections.nextDue ?? .max)
        let untilSweep = max(0, min(Self.sweepMilliseconds, next - now))
        let timeout = wanted < 0 ? Int32(untilSweep) : min(wanted, Int32(untilSweep))
        lpr_wait(
            unsafe lpr_poll_descriptor(daemon),
            wakeQueue.event,
            slowListeners.descriptor,
            timeout
        )
    }

    /// Logs a line about a refusal, within the budget per second.
    func log(
        _ level: Logger.Level,
        _ message: Logger.Message,
        _ metadata: @autoclosure () -> Logger.Metadata
    ) {
        logBudget.write(to: logger, level, message, metadata: metadata, now: now)
    }

    /// A connection begins.
    func open(_ handle: OpaquePointer) -> Connection {
        var (high, low) = (UInt64(0), UInt64(0))
        // A peer without an address cannot be on loopback, so 0.0.0.0 represents it.
        let isKnown = unsafe lpr_peer(handle, &high, &low)
        let address = isKnown ? IPAddress(high: high, low: low) : IPAddress(v4: 0)
        var user: UInt32 = 0
        let isLocal = unsafe place.isUnixSocket && lpr_peer_user(handle, &user)
        let connection = unsafe Connection(
            handle: handle,
            peer: isLocal ? .user(LocalUser(id: user)) : .address(address),
            now: now,
            deadline: now + headerMilliseconds
        )
        connections[ObjectIdentifier(connection)] = connection
        return connection
    }

    /// A connection ends.
    func close(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    /// A request begins: its request line has arrived.
    func begin(_ connection: Connection, rawTarget: [UInt8]) -> Exchange {
        let exchange = Exchange(
            loop: self,
            connection: connection,
            rawTarget: rawTarget,
            id: ids.next()
        )
        // The deadline of the idle connection goes on: it is for the headers' last byte.
        connection.exchange = exchange
        return exchange
    }

    /// A request ends.
    func end(_ exchange: Exchange) {
        exchange.finish()
        let connection = exchange.connection
        connection.exchange = nil
        connection.idleSince = now
        connection.isPeerChecked = false
        connection.deadline = now + keepAliveMilliseconds
        // An answer that was begun before the stop did not say that the connection ends.
        if isStopping { unsafe lpr_shutdown(connection.handle) }
    }
}
