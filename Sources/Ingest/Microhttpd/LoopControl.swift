internal import Synchronization

/// Signals between other threads and a loop.
final class LoopControl: Sendable {
    private struct State {
        var isStopRequested = false
        var hasEnded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Whether the loop is asked to end.
    var isStopRequested: Bool { state.withLock { $0.isStopRequested } }

    /// Asks the loop to end; it must be woken after that.
    func requestStop() { state.withLock { $0.isStopRequested = true } }

    /// Returns when the loop has ended.
    func ended() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.hasEnded { state.waiting.append(continuation) }
                return state.hasEnded
            }
            if isOver { continuation.resume() }
        }
    }

    /// Signals that the loop has ended.
    func announceEnd() {
        let waiting = state.withLock { state in
            state.hasEnded = true
            let waiting = state.waiting
            state.waiting = []
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
