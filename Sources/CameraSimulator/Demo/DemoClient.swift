import Core
import Dispatch
import HTTPClient

/// Speaks the public API as a camera would: a connection for each request.
struct DemoClient: Sendable {
    /// What became of a request.
    enum Outcome: Equatable {
        case accepted(duplicate: Bool)
        case refused(String)
    }

    let server: ServerAddress

    private static let connectMilliseconds = 5_000
    /// How long an answer may take.
    private static let interval = Duration.seconds(30)

    /// Posts JSON; while the server is full, waits as it asks and tries again.
    ///
    /// Throws ``TransportFault`` where the server cannot be reached, `CancellationError` where the task is
    /// cancelled.
    func post(_ path: String, _ write: (inout JSONWriter) -> Void) async throws -> Outcome {
        var writer = JSONWriter()
        write(&writer)
        let request = server.post(writer.bytes, to: path, isLast: true)
        while true {
            let answer = try await exchange(request)
            switch answer.verdict {
            case .kept(let isDuplicate): return .accepted(duplicate: isDuplicate)
            case .later(_, let seconds) where answer.status == 503:
                try await Task.sleep(for: .seconds(seconds ?? 1))
            case .later(let why, _), .refused(let why): return .refused(why)
            }
        }
    }

    /// On a thread that may wait: those of tasks are few.
    private func exchange(_ request: [UInt8]) async throws -> HTTPAnswer {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try answer(to: request) })
            }
        }
    }

    private func answer(to request: [UInt8]) throws(TransportFault) -> HTTPAnswer {
        let socket = try PlainSocket(server, milliseconds: DemoClient.connectMilliseconds)
        return try socket.answer(to: request, within: DemoClient.interval)
    }
}
