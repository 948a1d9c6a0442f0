import Dispatch
import Foundation
import Synchronization

/// Prints and writes pages on a thread of its own, in the order in which they are handed over, while the next
/// ones are made.
///
/// The order is what readers rely on: a page that lists others comes after them. For one maker at a time.
final class FileWriter: Sendable {
    private struct State {
        var waiting: [(path: String, page: DeferredPage)] = []
        /// Of files that wait and of the one that is being written.
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

    /// Bytes beyond which the maker waits: some sixty pages, so that neither thread waits for a moment of the
    /// other's, and memory does not grow with the site.
    static let bytesMax = 2 * 1_024 * 1_024
    /// Bytes for which a thread that has nothing to do is woken: once for some pages, not for each.
    private static let wakeBytes = bytesMax / 4

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    private let work = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)
    private let write: @Sendable (_ path: String, _ bytes: [UInt8]) throws -> Bool

    /// Starts the thread; `write` says whether the file differed from what stood there.
    ///
    /// The thread has the priority of the one that starts it, and lives until ``finish()``.
    init(write: @escaping @Sendable (_ path: String, _ bytes: [UInt8]) throws -> Bool) {
        self.write = write
        let thread = Thread { [self] in writeForever() }
        thread.name = "page writer"
        thread.start()
    }

    /// Hands a file over; waits while too much of others is waiting.
    ///
    /// Throws why an earlier file could not be written: nothing is written after it.
    func add(_ path: String, _ page: DeferredPage) throws {
        let bytes = page.byteCount
        while true {
            let (isAdded, mustWake) = try state.withLock { state in
                if let failure = state.failure { throw failure }
                // What is larger than all that may wait goes alone.
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

    /// The files that were written since this was asked last, in order.
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
            // The maker too is woken for some pages at a time.
            guard state.isMakerWaiting, state.bytes <= FileWriter.bytesMax - FileWriter.wakeBytes
            else { return false }
            state.isMakerWaiting = false
            return true
        }
        if mustWake { room.signal() }
    }
}
