internal import CMicrohttpd
internal import Core
internal import Synchronization

/// One request and its answer on one connection; owns the rules of suspended connections.
///
/// libmicrohttpd knows suspension, with three traps: a suspended connection never times out, hides that
/// its client has gone, and must be resumed before the daemon stops. Here a connection is suspended by
/// `park` and resumed by `resume` and by nothing else, both on the listener's thread; other threads only
/// say `wake` (``Suspension``). The loop's sweep keeps a deadline for every ``State`` in which something
/// is awaited, and resumes all of them before it stops the daemon.
///
/// SAFETY: `@unchecked Sendable` because what is not inside `shared` is touched on the listener's thread
/// only: by libmicrohttpd's callbacks, which run there, and by the loop. One unbalanced retain is held
/// by libmicrohttpd's request context from the request line to the completion callback, which always
/// comes; so the handle is valid until the suspension is `over`.
@safe final class Exchange: @unchecked Sendable {
    /// What is to be done with the request once it is complete.
    enum Disposition {
        case run(Route.Action, Admission)
        case serve(StaticFiles, Admission)
        case answer(Response)
    }

    private struct Shared {
        /// What the action has given, until it is taken.
        var answer: (@Sendable () -> Response)?
        var suspension = Suspension.running
    }

    let loop: Loop
    let connection: Connection
    let handle: OpaquePointer
    /// The request line's target, as it came.
    let rawTarget: [UInt8]
    let id: String
    private(set) var state = State.head
    var disposition = Disposition.answer(Response(status: 500))
    /// What the log may say of the path: the route's pattern, never what the client wrote.
    var logPath = "-"
    var head = RequestHead()
    var upload = Upload()
    /// What its body has of the loop's room, or waits for.
    var uploadSlot: UploadScheduler<Exchange>.Slot?
    /// How many reads the loop's pace counts for it.
    var readsUnderWay = 0
    /// How many it counted before its body came too slowly for that.
    private var readsNoLongerCounted = 0
    var source: (any ContentSource)?
    /// Whether the request is of HTTP/1.1: its client understands a body of chunks.
    var understandsChunks = false
    /// Whether ``rawTarget`` reaches up to the version: libmicrohttpd ends it at a NUL, and a line at a bare
    /// carriage return, so that what a proxy in front takes for one path would be another one here.
    var isTargetWhole = true
    /// Where the target stood in the library's buffer.
    var targetAddress: UInt = 0
    /// The stream of events that goes straight to the socket, once it does.
    var events: EventSubscription?
    /// The rest of a chunk of events that the socket did not take.
    var unsent: [UInt8] = []
    /// Whether sending has failed: the client is gone.
    var isBroken = false
    /// Who takes the socket over once the answer 101 is sent.
    var upgrade: WebSocketUpgrade?
    private let shared = Mutex(Shared())

    init(loop: Loop, connection: Connection, rawTarget: [UInt8], id: String) {
        self.loop = loop
        self.connection = connection
        unsafe handle = connection.handle
        self.rawTarget = rawTarget
        self.id = id
    }

    /// Moves the request on to its next state, which must be over at `deadline`.
    ///
    /// The deadline is set once, so that a byte now and then does not prolong it.
    func move(_ event: Event, until deadline: Int64 = .max) {
        guard let next = state.after(event) else {
            return assertionFailure("\(event) while \(state)")
        }
        state = next
        connection.deadline = deadline
    }

    /// Suspends the connection until it is woken; false if it has been already.
    func park() -> Bool {
        guard !loop.isAborting, shared.withLock({ $0.suspension.park() }) else { return false }
        unsafe MHD_suspend_connection(handle)
        return true
    }

    /// Resumes the connection after `wake`, or when the service stops.
    func resume() {
        if shared.withLock({ $0.suspension.resume() }) { unsafe MHD_resume_connection(handle) }
    }

    /// Takes note of `wake` without resuming the connection; false if it is not suspended.
    func keepParked() -> Bool { shared.withLock { $0.suspension.keepParked() } }

    /// Whether the connection is suspended.
    var isParked: Bool { shared.withLock { $0.suspension.isParked } }

    /// The answer that the action has given, once.
    func takeAnswer() -> Response? {
        let answer = shared.withLock { shared in
            defer { shared.answer = nil }
            return shared.answer
        }
        return answer?()
    }

    /// Its body comes so slowly that others must not wait for it.
    func stopCountingReads() {
        readsNoLongerCounted += readsUnderWay
        endReads(.gone)
    }

    /// What the loop's pace let in is no longer under way.
    func endReads(_ outcome: LoadShedder.Outcome) {
        if outcome == .answered, readsNoLongerCounted > 0 {
            loop.shedder.areAnswered(readsNoLongerCounted)
            readsNoLongerCounted = 0
        }
        guard readsUnderWay > 0 else { return }
        loop.shedder.areOver(readsUnderWay, outcome)
        readsUnderWay = 0
    }

    /// The body is here, or nobody waits for it.
    func releaseSlot() {
        guard let place = uploadSlot else { return }
        loop.uploads.leave(place)
        uploadSlot = nil
    }

    /// Everything about this request is over: the answer is sent, or the client is gone.
    func finish() {
        let unused = shared.withLock { shared in
            let unused = shared.answer
            shared.suspension.end()
            shared.answer = nil
            return unused
        }
        if let unused = unused?() {
            // Also of what the client did not wait for.
            note(unused)
            unused.discard()
        }
        move(.ended)
        source?.close()
        source = nil
        if events != nil { loop.slowListeners.remove(self) }
        events = nil
        loop.bodyMemory.release(upload.reserved)
        upload = Upload()
        releaseSlot()
        endReads(.gone)
    }
}

extension Exchange: Waker {
    func wake() {
        if shared.withLock({ $0.suspension.wake() }) { loop.wakeQueue.push(self) }
    }
}

extension Exchange: ResponseSink {
    /// Takes the action's answer, on any thread; one that comes after the client has gone is dropped.
    func take(_ answer: @escaping @Sendable () -> Response) {
        let (isTaken, mustQueue) = shared.withLock { shared in
            guard shared.suspension != .over, shared.answer == nil else { return (false, false) }
            shared.answer = answer
            return (true, shared.suspension.wake())
        }
        if mustQueue { loop.wakeQueue.push(self) }
        if !isTaken { answer().discard() }
    }
}
