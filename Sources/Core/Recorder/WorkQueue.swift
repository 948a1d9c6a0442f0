import Dispatch
import Synchronization

/// Something for the writer to do.
enum Work: Sendable {
    /// Reads to be kept; `detection` is the body that they came in, where it has a number of its own.
    case reads(Offer)
    /// Any other change.
    case change(Change)

    /// Answers that it was not done.
    func refuse(_ refusal: Refusal) {
        switch self {
        case .reads(let offer): offer.done(.failure(refusal))
        case .change(let change): change.refuse(refusal)
        }
    }

    /// How many reads it is.
    var readCount: Int {
        if case .reads(let offer) = self { offer.reads.count } else { 0 }
    }

    /// How many bytes of pictures it holds.
    var byteCount: Int {
        guard case .reads(let offer) = self else { return 0 }
        return offer.reads.reduce(0) { $0 + ($1.picture?.bytes.count ?? 0) }
    }
}

/// A change other than reads: exactly one of its two ways is gone to the end.
struct Change: Sendable {
    /// Makes the change inside the transaction; returns how it is answered after the commit.
    let run: @Sendable (Ledger) -> @Sendable () -> Void
    /// Answers that it was not made.
    let refuse: @Sendable (Refusal) -> Void
}

/// Reads that belong together, and who waits for them.
struct Offer: Sendable {
    let reads: [Read]
    var detection: Detection?
    let done: @Sendable (Result<Kept, Refusal>) -> Void

    /// What a commit made of an offer.
    struct Kept: Sendable {
        let receipts: [Receipt]
        let detectionID: Int64?
    }
}

/// What waits for the writer, bounded in number, in bytes, and in time (``Overload``).
final class WorkQueue: Sendable {
    private struct State {
        var works: [Work] = []
        var reads = 0
        var bytes = 0
        var isWriterWaiting = false
        var isClosed = false
        var overload: Overload
    }

    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)
    private let limits: Limits
    private let clock: @Sendable () -> Int64

    /// An empty queue; `clock` says milliseconds that only go forward.
    init(limits: Limits, clock: @escaping @Sendable () -> Int64 = WorkQueue.milliseconds) {
        self.limits = limits
        self.clock = clock
        state = Mutex(State(overload: Overload(waitMax: limits.queueWaitMillisecondsMax)))
    }

    /// Milliseconds since the machine started.
    private static func milliseconds() -> Int64 {
        Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)
    }

    /// Adds work; never waits.
    ///
    /// Returns why not, where it is full or closed.
    func add(_ work: Work) -> Refusal? {
        let reads = work.readCount
        let bytes = work.byteCount
        let (refusal, mustWake): (Refusal?, Bool) = state.withLock { state in
            if state.isClosed {
                return (Refusal(.busy, "the server is stopping; send it again in a moment"), false)
            }
            // What is larger than the whole queue is let in alone: it was within its own limits.
            if reads > 0, state.reads > 0,
                state.reads + reads > limits.queueReadsMax
                    || state.bytes + bytes > limits.queueBytesMax
                    || state.overload.refuses(behind: state.reads, now: clock)
            {
                return (
                    Refusal(
                        .busy,
                        "too many reads are waiting to be stored; send it again in a moment"
                    ),
                    false
                )
            }
            if state.works.isEmpty { state.overload.begins(clock()) }
            state.works.append(work)
            state.reads += reads
            state.bytes += bytes
            defer { state.isWriterWaiting = false }
            return (nil, state.isWriterWaiting)
        }
        if mustWake { wake.signal() }
        return refusal
    }

    /// Waits for work and takes as much as fits one commit; nil once the queue is closed and empty.
    func take() -> [Work]? {
        while true {
            let (taken, isOver): ([Work], Bool) = state.withLock { state in
                if state.works.isEmpty {
                    state.overload.isIdle()
                    state.isWriterWaiting = !state.isClosed
                    return ([], state.isClosed)
                }
                return (takeBatch(&state), false)
            }
            if !taken.isEmpty { return taken }
            if isOver { return nil }
            wake.wait()
        }
    }

    private func takeBatch(_ state: inout State) -> [Work] {
        var reads = 0
        var bytes = 0
        var count = 0
        for work in state.works {
            if count > 0, reads + work.readCount > limits.commitReadsMax { break }
            reads += work.readCount
            bytes += work.byteCount
            count += 1
        }
        state.overload.taken(reads, leaving: state.works.count - count, now: clock())
        let batch = Array(state.works.prefix(count))
        state.works.removeFirst(count)
        state.reads -= reads
        state.bytes -= bytes
        return batch
    }

    /// Takes no more; what waits is still written.
    func close() {
        let mustWake = state.withLock { state in
            state.isClosed = true
            defer { state.isWriterWaiting = false }
            return state.isWriterWaiting
        }
        if mustWake { wake.signal() }
    }

    /// What waits now.
    var waiting: (reads: Int, bytes: Int) { state.withLock { ($0.reads, $0.bytes) } }
}
