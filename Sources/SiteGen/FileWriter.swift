import Dispatch
import Platform
import Synchronization

/// Renders rows and writes pages on its own thread, in the order of the calls, while the next ones are built.
///
/// Readers rely on the order: a page that lists others follows them. For one producer at a time.
final class FileWriter: Sendable {
    private struct State {
        var waiting: [(path: String, page: DeferredPage)] = []
        /// The size of queued files and of the one that is being written.
        var bytes = 0
        var written: [String] = []
        var failure: (any Error)?
        var isClosed = false
        var isMakerWaiting = false
        var isWriterWaiting = false
    }

    private enum Turn {
        case write(path: String, page: DeferredPage)
        case wait
        case end
    }

    /// The queue size in bytes beyond which the producer waits: some sixty pages, so that neither thread waits for
    /// short delays of the other, and memory does not grow with the site.
    static let bytesMax = 2 * 1_024 * 1_024
    /// The queue size for which an idle thread is woken: once for several pages, not for each.
    private static let wakeBytes = bytesMax / 4

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    private let work = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)
    private let write: @Sendable (_ path: String, _ bytes: [UInt8]) throws -> Bool

    /// Starts the thread; `write` returns whether the file differed.
    ///
    /// The thread has the priority of its creator, and lives until ``finish()``.
    init(write: @escaping @Sendable (_ path: String, _ bytes: [UInt8]) throws -> Bool) {
        self.write = write
        NamedThread.start("page writer") { [self] in writeForever() }
    }

    /// Queues a file; waits while the queue is full.
    ///
    /// Throws why an earlier file could not be written: nothing is written after it.
    func add(_ path: String, _ page: DeferredPage) throws {
        let bytes = page.byteCount
        while true {
            let (isAdded, mustWake) = try state.withLock { state in
                if let failure = state.failure { throw failure }
                // A file larger than the queue is accepted if the queue is empty.
                let isAdded = state.bytes == 0 || state.bytes + bytes <= FileWriter.bytesMax
                if isAdded {
                    state.waiting.append((path, page))
                    state.bytes += bytes
                } else {
                    state.isMakerWaiting = true
                }
                guard state.isWriterWaiting, !isAdded || state.bytes >= FileWriter.wakeBytes else {
                    return (isAdded, false)
                }
                state.isWriterWaiting = false
                return (isAdded, true)
            }
            if mustWake { work.signal() }
            if isAdded { return }
            room.wait()
        }
    }

    /// The files written since the last call, in order.
    func takeWritten() -> [String] {
        state.withLock { state in
            defer { state.written = [] }
            return state.written
        }
    }

    /// Waits until all files are written and the thread has ended.
    ///
    /// Throws why one could not be written.
    func finish() throws {
        let mustWake = state.withLock { state in
            state.isClosed = true
            defer { state.isWriterWaiting = false }
            return state.isWriterWaiting
        }
        if mustWake { work.signal() }
        hasEnded.wait()
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func writeForever() {
        while true {
            let turn = state.withLock { state -> Turn in
                if state.waiting.isEmpty {
                    state.isWriterWaiting = !state.isClosed
                    return state.isClosed ? .end : .wait
                }
                let next = state.waiting.removeFirst()
                return .write(path: next.path, page: next.page)
            }
            switch turn {
            case .write(let path, let page): writeOne(path, page)
            case .wait: work.wait()
            case .end:
                hasEnded.signal()
                return
            }
        }
    }

    private func writeOne(_ path: String, _ page: DeferredPage) {
        let result = Result { try write(path, page.bytes()) }
        let mustWake = state.withLock { state in
            state.bytes -= page.byteCount
            switch result {
            case .success(let differed): if differed { state.written.append(path) }
            case .failure(let failure):
                state.failure = failure
                (state.waiting, state.bytes) = ([], 0)
            }
            // The producer, too, is woken for several pages at a time.
            guard state.isMakerWaiting, state.bytes <= FileWriter.bytesMax - FileWriter.wakeBytes
            else { return false }
            state.isMakerWaiting = false
            return true
        }
        if mustWake { room.signal() }
    }
}
