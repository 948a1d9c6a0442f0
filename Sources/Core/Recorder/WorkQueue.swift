import Dispatch
import Synchronization

/// What waits for the recorder's stages, bounded in number, in bytes, and in time (``QueueDelayController``).
///
/// Each stage has one thread, which takes all that waits for it, and of pictures a few. While one batch's pictures are synced, the
/// next ones' are written, and the one before is committed; so each batch is as large as the slowest
/// stage makes it.
final class WorkQueue: Sendable {
    /// What is done with a work, in this order; reads without pictures begin at the last.
    enum Stage: Int, CaseIterable {
        /// Pictures are written.
        case pictures
        /// Pictures are made durable.
        case sync
        /// Rows are committed.
        case commit
    }

    /// What waits for a stage's thread.
    private struct StageQueue {
        var works: [WriteJob] = []
        /// When each of them came, in milliseconds.
        var arrivals: [Int64] = []
        var reads = 0
        var overload: QueueDelayController
        /// Reads that the thread has in hand, to be passed on.
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

        subscript(_ stage: Stage) -> StageQueue {
            get { lines[stage.rawValue] }
            _modify { yield &lines[stage.rawValue] }
        }

        /// Whether nothing more can come to a stage.
        func isOver(_ stage: Stage) -> Bool {
            isClosed && lines[..<stage.rawValue].allSatisfy(\.isEmpty)
        }
    }

    /// Pictures that are written before they are passed on: few, so that the disk is never without work
    /// while more are written.
    private static let picturesTogether = 8

    private let state: Mutex<State>
    private let wake = Stage.allCases.map { _ in DispatchSemaphore(value: 0) }
    private let limits: Limits
    private let clock: @Sendable () -> Int64

    /// An empty queue; `clock` says milliseconds that only go forward.
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

    /// Adds work; never waits.
    ///
    /// Returns why not, where it is full or closed.
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

    /// What is larger than the whole queue is let in alone: it was within its own limits.
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

    /// Whether the stage's thread must be woken.
    private func append(_ work: WriteJob, to line: inout StageQueue) -> Bool {
        let now = clock()
        if line.works.isEmpty { line.overload.begins(now) }
        line.works.append(work)
        line.arrivals.append(now)
        line.reads += work.readCount
        defer { line.isThreadWaiting = false }
        return line.isThreadWaiting
    }

    /// Waits for work and takes as much as fits one commit, or a few pictures; nil once nothing more will
    /// come.
    ///
    /// What is taken for a stage but the last must be given back, by ``pass(_:of:after:)``.
    func take(_ stage: Stage) -> [WriteJob]? {
        while true {
            let (taken, isOver): ([WriteJob], Bool) = state.withLock { state in
                if state[stage].works.isEmpty {
                    let isOver = state.isOver(stage)
                    state[stage].overload.isIdle()
                    state[stage].isThreadWaiting = !isOver
                    return ([], isOver)
                }
                let most = stage == .pictures ? WorkQueue.picturesTogether : limits.commitReadsMax
                let batch = takeBatch(&state[stage], reads: most)
                if stage != .commit { state[stage].inHand = batch.reduce(0) { $0 + $1.readCount } }
                return (batch, false)
            }
            if !taken.isEmpty { return taken }
            if isOver { return nil }
            wake[stage.rawValue].wait()
        }
    }

    /// Gives the next stage what a stage has made of a batch: all of it, or nothing where that failed.
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

    /// Takes no more; what waits is still written.
    func close() {
        let woken = state.withLock { state in
            state.isClosed = true
            return wakeForEnd(&state)
        }
        for stage in woken { wake[stage.rawValue].signal() }
    }

    /// The stages whose thread waits although nothing more will come.
    private func wakeForEnd(_ state: inout State) -> [Stage] {
        guard state.isClosed else { return [] }
        let woken = Stage.allCases.filter { state[$0].isThreadWaiting && state.isOver($0) }
        for stage in woken { state[stage].isThreadWaiting = false }
        return woken
    }

    /// What waits now.
    var waiting: (reads: Int, bytes: Int) { state.withLock { ($0.reads, $0.bytes) } }
}
