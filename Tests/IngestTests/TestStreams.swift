import Core
import Synchronization

@testable import Ingest

/// So many chunks of so many bytes, each filled with its number; counts how many were asked for.
final class CountingStream: BodyStream {
    let chunks: Int
    let bytes: Int
    let made = Atomic<Int>(0)

    init(chunks: Int, bytes: Int) {
        self.chunks = chunks
        self.bytes = bytes
    }

    func next() async throws -> [UInt8]? {
        let number = made.add(1, ordering: .relaxed).oldValue
        guard number < chunks else { return nil }
        return Array(repeating: UInt8(truncatingIfNeeded: number), count: bytes)
    }
}

/// Answers from another thread, in batches, as the recorder does.
final class BatchResponder: Sendable {
    private let waiting = Mutex<[Responder]>([])
    private let isRunning = Atomic<Bool>(true)

    /// The action of a direct route.
    func take(_ request: Request, _ responder: Responder) {
        waiting.withLock { $0.append(responder) }
    }

    var count: Int { waiting.withLock { $0.count } }

    /// Answers all that wait.
    func answerAll() {
        let batch = waiting.withLock { waiting in
            let batch = waiting
            waiting = []
            return batch
        }
        for responder in batch { responder.send(.text("done")) }
    }

    /// Answers batches until stopped; blocks its thread.
    func run() {
        while isRunning.load(ordering: .relaxed) {
            answerAll()
            pause(microseconds: 200)
        }
        answerAll()
    }

    func stop() { isRunning.store(false, ordering: .relaxed) }
}
