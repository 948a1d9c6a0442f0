internal import Synchronization

/// What other threads tell a loop, and what it tells them.
final class LoopControl: Sendable {
    private struct State {
        var isStopRequested = false
        var hasEnded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Whether the loop is to come to an end.
    var isStopRequested: Bool { state.withLock { $0.isStopRequested } }

    /// Asks the loop to come to an end; it must be rung after that.
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

    /// Tells everybody that the loop has ended.
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
