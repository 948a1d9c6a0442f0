import Dispatch
import Synchronization

/// The queues of the recorder's stages, bounded in number, in bytes, and in delay (``QueueDelayController``).
///
/// Each stage has one thread, which takes all that waits for it, or a few pictures. While one batch's pictures are
/// synced, the next ones are written, and the one before is committed; so each batch is as large as the slowest stage
/// makes it.
final class WorkQueue: Sendable {
    /// The stages, in order; reads without pictures start at the last.
    enum Stage: Int, CaseIterable {
        /// Pictures are written.
        case pictures
        /// Pictures are synced.
        case sync
        /// Rows are committed.
        case commit
    }

    /// The queue of one stage.
    private struct StageQueue {
        var works: [WriteJob] = []
        /// When each job arrived, in milliseconds.
        var arrivals: [Int64] = []
        var reads = 0
        var overload: QueueDelayController
        /// Reads that the thread has taken and not passed on yet.
        var inHand = 0
        var isThreadWaiting = false

        var isEmpty: Bool { works.isEmpty && inHand == 0 }
    }

    private struct State {
        var lines: [StageQueue]
        /// Bytes of pictures that are not written yet.
        var bytes = 0
        var isClosed = false

        var reads: Int { lines.reduce(0) { $0 + $1.reads + $1.inHand } }

        var storingMilliseconds: Int64 { lines.reduce(0) { $0 + $1.overload.batchMilliseconds } }

        subscript(_ stage: Stage) -> StageQueue {
            get { lines[stage.rawValue] }
            _modify { yield &lines[stage.rawValue] }
        }

        /// Whether no more can arrive at a stage.
        func isOver(_ stage: Stage) -> Bool {
            isClosed && lines[..<stage.rawValue].allSatisfy(\.isEmpty)
        }
    }

    /// Pictures that are written before they are passed on: few, so that the disk stays busy while more are written.
    private static let picturesTogether = 8

    private let state: Mutex<State>
    /// The least milliseconds from the queue to the answer, of the stages that reads go through.
    private let storing = Atomic<Int64>(0)
    private let wake = Stage.allCases.map { _ in DispatchSemaphore(value: 0) }
    private let limits: Limits
    private let clock: @Sendable () -> Int64

    /// An empty queue; `clock` returns monotonic milliseconds.
    init(limits: Limits, clock: @escaping @Sendable () -> Int64 = WorkQueue.milliseconds) {
        self.limits = limits
        self.clock = clock
        let line = StageQueue(
            overload: QueueDelayController(waitMax: limits.queueWaitMillisecondsMax)
        )
        state = Mutex(State(lines: Stage.allCases.map { _ in line }))
    }

    /// Milliseconds since the machine started.
    private static func milliseconds() -> Int64 {
        Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)
    }

    /// Adds a job; never waits.
    ///
    /// Returns the refusal if the queue is full or closed.
    func add(_ work: WriteJob) -> Refusal? {
        let bytes = work.byteCount
        let stage: Stage = bytes > 0 ? .pictures : .commit
        let (refusal, mustWake): (Refusal?, Bool) = state.withLock { state in
            if state.isClosed {
                return (Refusal(.busy, "the server is stopping; send it again in a moment"), false)
            }
            if isFull(&state, for: work, bytes, from: stage) {
                return (
                    Refusal(
                        .busy,
                        "too many reads are waiting to be stored; send it again in a moment"
                    ),
                    false
                )
            }
            state.bytes += bytes
            return (nil, append(work, to: &state[stage]))
        }
        if mustWake { wake[stage.rawValue].signal() }
        return refusal
    }

    /// A batch larger than the queue is accepted if the queue is empty: it was within its own limits.
    private func isFull(
        _ state: inout State,
        for work: WriteJob,
        _ bytes: Int,
        from stage: Stage
    ) -> Bool {
        let reads = work.readCount
        guard reads > 0 else { return false }
        let waiting = state.reads
        guard waiting > 0 else { return false }
        if waiting + reads > limits.queueReadsMax || state.bytes + bytes > limits.queueBytesMax {
            return true
        }
        for place in stage.rawValue..<state.lines.count
        where state.lines[place].overload.refuses(behind: state.lines[place].reads, now: clock) {
            return true
        }
        return false
    }

    /// Returns whether the stage's thread must be woken.
    private func append(_ work: WriteJob, to line: inout StageQueue) -> Bool {
        let now = clock()
        if line.works.isEmpty { line.overload.begins(now) }
        line.works.append(work)
        line.arrivals.append(now)
        line.reads += work.readCount
        defer { line.isThreadWaiting = false }
        return line.isThreadWaiting
    }

    /// Waits for work and takes as much as fits one commit, or a few pictures; nil once no more can arrive.
    ///
    /// Except for the last stage, what is taken must be passed on, by ``pass(_:of:after:)``.
    func take(_ stage: Stage) -> [WriteJob]? {
        while true {
            let (taken, isOver): ([WriteJob], Bool) = state.withLock { state in
                if state[stage].works.isEmpty {
                    let isOver = state.isOver(stage)
                    state[stage].overload.isIdle(clock())
                    state[stage].isThreadWaiting = !isOver
                    return ([], isOver)
                }
                let most = stage == .pictures ? WorkQueue.picturesTogether : limits.commitReadsMax
                let batch = takeBatch(&state[stage], reads: most)
                if stage != .commit { state[stage].inHand = batch.reduce(0) { $0 + $1.readCount } }
                storing.store(state.storingMilliseconds, ordering: .relaxed)
                return (batch, false)
            }
            if !taken.isEmpty { return taken }
            if isOver { return nil }
            wake[stage.rawValue].wait()
        }
    }

    /// Passes a stage's output of a batch to the next stage: all of it, or nothing if that failed.
    func pass(_ works: [WriteJob], of batch: [WriteJob], after stage: Stage) {
        let woken = state.withLock { state in
            state[stage].inHand = 0
            if stage == .pictures { state.bytes -= batch.reduce(0) { $0 + $1.byteCount } }
            var woken = wakeForEnd(&state)
            guard let next = Stage(rawValue: stage.rawValue + 1) else { return woken }
            for work in works where append(work, to: &state[next]) { woken.append(next) }
            return woken
        }
        for stage in woken { wake[stage.rawValue].signal() }
    }

    private func takeBatch(_ line: inout StageQueue, reads readsMax: Int) -> [WriteJob] {
        var reads = 0
        var count = 0
        for work in line.works {
            if count > 0, reads + work.readCount > readsMax { break }
            reads += work.readCount
            count += 1
        }
        line.arrivals.removeFirst(count)
        line.overload.taken(reads, next: line.arrivals.first, now: clock())
        let batch = Array(line.works.prefix(count))
        line.works.removeFirst(count)
        line.reads -= reads
        return batch
    }

    /// Accepts no more; queued work is still written.
    func close() {
        let woken = state.withLock { state in
            state.isClosed = true
            return wakeForEnd(&state)
        }
        for stage in woken { wake[stage.rawValue].signal() }
    }

    /// The stages whose thread waits although no more can arrive.
    private func wakeForEnd(_ state: inout State) -> [Stage] {
        guard state.isClosed else { return [] }
        let woken = Stage.allCases.filter { state[$0].isThreadWaiting && state.isOver($0) }
        for stage in woken { state[stage].isThreadWaiting = false }
        return woken
    }

    /// The least milliseconds that reads take to be stored; 0 before the first.
    var storingMilliseconds: Int64 { storing.load(ordering: .relaxed) }

    /// The queued work.
    var waiting: (reads: Int, bytes: Int) { state.withLock { ($0.reads, $0.bytes) } }
}
