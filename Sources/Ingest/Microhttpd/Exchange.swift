internal import CMicrohttpd
internal import Core
internal import Synchronization

/// One request and its response on one connection; owns the rules of suspended connections.
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

        /// Who was admitted; nil if that was not asked, or refused.
        var principal: Principal? {
            switch self {
            case .run(_, let admission), .serve(_, let admission): admission.principal
            case .answer: nil
            }
        }
    }

    private struct Shared {
        /// The action's result, until it is taken.
        var answer: (@Sendable () -> Response)?
        var suspension = Suspension.running
    }

    let loop: Loop
    let connection: Connection
    let handle: OpaquePointer
    /// The request line's target, as received.
    let rawTarget: [UInt8]
    let id: String
    private(set) var state = State.head
    var disposition = Disposition.answer(Response(status: 500))
    /// The path for the log: the route's pattern, never the client's text.
    var logPath = "-"
    var head = RequestHead()
    var upload = Upload()
    /// The slot of its body in the upload scheduler.
    var uploadSlot: UploadScheduler<Exchange>.Slot?
    /// The number of reads that the load shedder counts for it.
    var readsUnderWay = 0
    /// The number counted before its body became too slow for that.
    private var readsNoLongerCounted = 0
    var source: (any ContentSource)?
    /// Whether the request is HTTP/1.1: its client understands a chunked body.
    var understandsChunks = false
    /// Whether ``rawTarget`` extends to the version: libmicrohttpd ends it at a NUL, and a line at a bare CR, so that
    /// one path for a proxy in front would be another one here.
    var isTargetWhole = true
    /// The target's address in the library's buffer.
    var targetAddress: UInt = 0
    /// The event stream that is sent directly to the socket.
    var events: EventSubscription?
    /// The rest of a chunk of events that the socket did not accept.
    var unsent: [UInt8] = []
    /// Whether sending has failed: the client is gone.
    var isBroken = false
    /// Takes over the socket once the answer 101 is sent.
    var upgrade: WebSocketUpgrade?
    private let shared = Mutex(Shared())

    init(loop: Loop, connection: Connection, rawTarget: [UInt8], id: String) {
        self.loop = loop
        self.connection = connection
        unsafe handle = connection.handle
        self.rawTarget = rawTarget
        self.id = id
    }

    /// Moves the request to its next state, which must end by `deadline`.
    ///
    /// The deadline is set once, so that single bytes do not prolong it.
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

    /// The action's response, once.
    func takeAnswer() -> Response? {
        let answer = shared.withLock { shared in
            defer { shared.answer = nil }
            return shared.answer
        }
        return answer?()
    }

    /// Stops counting its body, which is too slow for others to wait for it.
    func stopCountingReads() {
        readsNoLongerCounted += readsUnderWay
        endReads(.gone)
    }

    /// Ends its count in the load shedder.
    func endReads(_ outcome: LoadShedder.Outcome) {
        if outcome == .answered, readsNoLongerCounted > 0 {
            loop.shedder.areAnswered(readsNoLongerCounted)
            readsNoLongerCounted = 0
        }
        guard readsUnderWay > 0 else { return }
        loop.shedder.areOver(readsUnderWay, outcome)
        readsUnderWay = 0
    }

    /// The body has arrived, or its client is gone.
    func releaseSlot() {
        guard let place = uploadSlot else { return }
        loop.uploads.leave(place)
        uploadSlot = nil
    }

    /// The request is over: the response is sent, or the client is gone.
    func finish() {
        let unused = shared.withLock { shared in
            let unused = shared.answer
            shared.suspension.end()
            shared.answer = nil
            return unused
        }
        if let unused = unused?() {
            // Also for what the client did not wait for.
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
    /// Takes the action's response, on any thread; drops it if the client is gone.
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
