internal import Core
internal import Synchronization

/// One subscription to the event stream, with its bounded queue.
public final class EventSubscription: Sendable {
    private struct State {
        var waiting: [[UInt8]] = []
        var first = 0
        var offset = 0
        var bytes = 0
        /// The client's admission.
        var admission: Admission
        /// Events up to this id are not offered any more: the listener has them.
        var position: Int64
        var isEnded = false
        var isClosed = false
        var waker: (any Waker)?
        var drained: CheckedContinuation<Void, Never>?

        /// Ends the stream and drops its queue.
        mutating func cut() {
            waiting = []
            first = 0
            bytes = 0
            isEnded = true
        }
    }

    let filter: EventFilter
    private let bytesMax: Int
    private let onClose: @Sendable (EventSubscription) -> Void
    private let state: Mutex<State>

    init(
        filter: EventFilter,
        admission: Admission,
        position: Int64,
        bytesMax: Int,
        onClose: @escaping @Sendable (EventSubscription) -> Void
    ) {
        self.filter = filter
        self.bytesMax = bytesMax
        self.onClose = onClose
        let greeting = ServerSentEvent.greeting
        state = Mutex(
            State(
                waiting: [greeting],
                bytes: greeting.count,
                admission: admission,
                position: position
            )
        )
    }

    /// The client has, or will get, every wanted event up to this id.
    var position: Int64 { state.withLock { $0.position } }

    /// Whether either side has ended the stream.
    var isEnded: Bool { state.withLock { $0.isEnded } }

    /// Whether an event fits the queue.
    func hasRoom(for text: [UInt8]) -> Bool {
        state.withLock { $0.bytes == 0 || $0.bytes + text.count <= bytesMax }
    }

    /// Adds an event.
    ///
    /// A client that does not read is disconnected, and resumes by `Last-Event-ID`.
    func offer(_ id: Int64, _ text: [UInt8]) {
        let waker = state.withLock { state -> (any Waker)? in
            guard id > state.position, !state.isEnded else { return nil }
            state.position = id
            guard state.admission.may(.read),
                state.bytes == 0 || state.bytes + text.count <= bytesMax
            else {
                state.cut()
                return state.waker
            }
            append(text, to: &state)
            return state.waker
        }
        waker?.wake()
    }

    /// Adds a comment; a keep-alive only if nothing is queued.
    func offer(comment: [UInt8], onlyIfIdle: Bool = true) {
        let waker = state.withLock { state -> (any Waker)? in
            guard state.bytes == 0 || !onlyIfIdle, !state.isEnded else { return nil }
            if state.admission.may(.read) { append(comment, to: &state) } else { state.cut() }
            return state.waker
        }
        waker?.wake()
    }

    /// Notes that the log has no wanted events up to this id.
    func advance(to id: Int64) {
        state.withLock { $0.position = max($0.position, id) }
    }

    /// Waits until the queue is sent, or the client is gone.
    func drained() async {
        await withCheckedContinuation { continuation in
            let isDrained = state.withLock { state in
                guard state.bytes > 0, !state.isEnded else { return true }
                state.drained = continuation
                return false
            }
            if isDrained { continuation.resume() }
        }
    }

    private func append(_ text: [UInt8], to state: inout State) {
        state.waiting.append(text)
        state.bytes += text.count
    }
}

extension EventSubscription: ContentSource {
    var mayBeSilent: Bool { true }

    func attach(_ waker: any Waker) {
        state.withLock { $0.waker = waker }
    }

    func next(atMost count: Int) -> ContentRead {
        var drained: CheckedContinuation<Void, Never>?
        let read = state.withLock { state -> ContentRead in
            guard state.first < state.waiting.count else { return state.isEnded ? .end : .wait }
            let taken = state.waiting[state.first].dropFirst(state.offset).prefix(count)
            state.offset += taken.count
            state.bytes -= taken.count
            if state.offset == state.waiting[state.first].count {
                state.first += 1
                state.offset = 0
            }
            if state.first == state.waiting.count {
                state.waiting.removeAll(keepingCapacity: true)
                state.first = 0
                drained = state.drained
                state.drained = nil
            }
            return .bytes(taken)
        }
        drained?.resume()
        return read
    }

    func close() {
        finish()
        let isFirst = state.withLock { state in
            let wasClosed = state.isClosed
            state.isClosed = true
            return !wasClosed
        }
        if isFirst { onClose(self) }
    }

    func finish() {
        let (waker, drained) = state.withLock { state in
            let told = (state.waker, state.drained)
            state.isEnded = true
            state.waker = nil
            state.drained = nil
            return told
        }
        waker?.wake()
        drained?.resume()
    }
}
