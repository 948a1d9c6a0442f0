import Core
import Logging

@testable import Ingest

/// Runs a listener on a free port of 127.0.0.1 for as long as `body` runs.
func withServer<T: Sendable>(
    _ routes: [Route] = [],
    files: StaticFiles? = nil,
    credentials: Credentials = Credentials(),
    kind: Listeners = .main,
    limits: Limits = Limits(),
    memory: BodyMemory? = nil,
    answerSeconds: Int = 120,
    _ body: @escaping @Sendable (Int) async throws -> T
) async throws -> T {
    let listener = try makeListener(
        routes,
        files: files,
        credentials: credentials,
        kind: kind,
        limits: limits,
        memory: memory,
        answerSeconds: answerSeconds
    )
    let port = try listener.start()
    let result: Result<T, any Error>
    do {
        result = .success(try await body(port))
    } catch {
        result = .failure(error)
    }
    await listener.stop()
    return try result.get()
}

/// A listener that is not started yet.
func makeListener(
    _ routes: [Route],
    files: StaticFiles? = nil,
    credentials: Credentials = Credentials(),
    kind: Listeners = .main,
    socket: CommandSocket? = nil,
    limits: Limits = Limits(),
    memory: BodyMemory? = nil,
    answerSeconds: Int = 120
) throws -> Listener {
    var options = ListenerOptions(
        place: try socket.map { .unixSocket($0) }
            ?? .network(try ListenAddress("127.0.0.1"), port: 0),
        kind: kind,
        router: Router(routes: routes, fallback: files),
        gate: Gate(credentials, listener: kind),
        limits: limits,
        bodyMemory: memory ?? BodyMemory(bytesMax: limits.bodyMemoryMax),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
    options.answerSeconds = answerSeconds
    return Listener(options)
}

/// Routes that most tests of the listener use.
enum TestRoutes {
    static let hello = Route(.get, "/hello", needs: .read) { _ in .text("hello") }
    static let echo = Route(.post, "/echo", needs: .send, bodyLimit: 1_000) { request in
        Response(status: 200, body: .bytes(request.body))
    }
    static let all = [hello, echo]
}
