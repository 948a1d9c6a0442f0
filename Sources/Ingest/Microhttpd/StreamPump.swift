internal import Logging
internal import Synchronization

/// Pulls a `BodyStream` chunk by chunk, one ahead of the client, so that memory stays constant and the next chunk is
/// produced while the last one is sent.
final class StreamPump: ContentSource {
    private struct State {
        var current: ArraySlice<UInt8> = []
        var ahead: [UInt8]?
        var pull: Task<Void, Never>?
        var isAtEnd = false
        var isBroken = false
        var waker: (any Waker)?
    }

    let mayBeSilent = false
    private let stream: any BodyStream
    private let state = Mutex(State())
    private let logger: Logger

    init(_ stream: any BodyStream, logger: Logger) {
        self.stream = stream
        self.logger = logger
    }

    func attach(_ waker: any Waker) {
        state.withLock { $0.waker = waker }
    }

    func next(atMost count: Int) -> ContentRead {
        state.withLock { state in
            if state.isBroken { return .failure }
            if state.current.isEmpty, let ahead = state.ahead {
                state.current = ahead[...]
                state.ahead = nil
            }
            pullIfNeeded(&state)
            guard !state.current.isEmpty else { return state.isAtEnd ? .end : .wait }
            let taken = state.current.prefix(count)
            state.current = state.current.dropFirst(count)
            return .bytes(taken)
        }
    }

    func close() {
        state.withLock { state in
            state.pull?.cancel()
            state.waker = nil
            state.isBroken = true
        }
    }

    func finish() { fail() }

    private func pullIfNeeded(_ state: inout State) {
        guard state.ahead == nil, state.pull == nil, !state.isAtEnd else { return }
        state.pull = Task { await self.pull() }
    }

    private func pull() async {
        do {
            var chunk = try await stream.next()
            while let empty = chunk, empty.isEmpty { chunk = try await stream.next() }
            deliver(chunk)
        } catch {
            // A disconnected client cancels the pull; that is not an error of the stream.
            if !Task.isCancelled {
                logger.error(
                    "response stream failed; connection closed",
                    metadata: ["cause": "\(error)"]
                )
            }
            fail()
        }
    }

    private func deliver(_ chunk: [UInt8]?) {
        let waker = state.withLock { state in
            state.pull = nil
            if let chunk { state.ahead = chunk } else { state.isAtEnd = true }
            return state.waker
        }
        waker?.wake()
    }

    private func fail() {
        let waker = state.withLock { state in
            state.pull = nil
            state.isBroken = true
            return state.waker
        }
        waker?.wake()
    }
}
