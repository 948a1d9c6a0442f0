import Foundation
import Logging

@testable import Core
@testable import Ingest

/// The whole service but its pages: store, recorder, routes, gateway and one listener, by credentials that a test
/// may replace.
final class TestService: Sendable {
    let credentials: Credentials
    let backend: Backend
    let access: AccessControl
    /// All routes but that of files.
    let routes: [Route]
    private let store: Store
    let port: Int
    private let gateway: Gateway
    private let running: Task<Void, any Error>
    private let events: Task<Void, any Error>
    private let listener: Listener
    private let folder: URL

    init(_ snapshot: CredentialSnapshot = CredentialSnapshot()) throws {
        credentials = Credentials(snapshot)
        folder = FileManager.default.temporaryDirectory.appending(path: "lpr-\(UUID().uuidString)")
        let calendar = SiteCalendar(timeZone: .gmt)
        let store = try Store(path: folder.appending(path: "t.db").path, calendar: calendar)
        let pictures = try PictureFolder(path: folder.appending(path: "i").path, calendar: calendar)
        let feed = Feed()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let recorder = try Recorder(
            store: store,
            pictures: pictures,
            feed: feed,
            logger: logger,
            clock: Timestamp.now
        )
        let log = StoredEventLog(store: store, feed: feed)
        let stream = EventStream(log: log, limits: store.limits, logger: logger)
        let backend = Backend(
            store: store,
            recorder: recorder,
            events: stream,
            monitor: HealthMonitor(store: store, recorder: recorder) { [] },
            logger: logger
        )
        self.backend = backend
        access = AccessControl(credentials: credentials, recorder: recorder, logger: logger)
        self.store = store
        let gateway = try Gateway(backend, log: log)
        self.gateway = gateway
        // The gateway's routes, whose `/` is the WebSocket's, and on the same port those that only pages use.
        routes = Routes.all(backend, access) + gateway.routes
        listener = try makeListener(
            routes.map(\.onAllListeners),
            credentials: credentials,
            kind: .gateway
        )
        port = try listener.start()
        running = Task { try await gateway.run() }
        events = Task { try await stream.run() }
    }

    /// Runs a test, on a thread of its own, against a service that is stopped afterwards.
    static func run(
        _ snapshot: CredentialSnapshot = CredentialSnapshot(),
        _ body: @escaping @Sendable (TestService) throws -> Void
    ) async throws {
        let service = try TestService(snapshot)
        let result: Result<Void, any Error>
        do {
            result = .success(try await onThread { try body(service) })
        } catch {
            result = .failure(error)
        }
        try await service.stop()
        try result.get()
    }

    func stop() async throws {
        await listener.stop()
        running.cancel()
        events.cancel()
        try await running.value
        try await events.value
        await backend.recorder.stop()
        try store.close()
        try FileManager.default.removeItem(at: folder)
    }
}

extension Route {
    /// The same route on both listeners.
    fileprivate var onAllListeners: Route {
        Route(
            method,
            pattern,
            needs: permission,
            on: .all,
            query: query,
            bodyLimit: bodyLimit,
            admitsOwnPages: admitsOwnPages,
            action: action
        )
    }
}

/// A WebSocket of a test, over a ``TestClient``.
final class TestWebSocket {
    private let client: TestClient
    private let frames = WebSocketFrames(.client, messageBytesMax: 1 << 20)
    private var messages: [WebSocketFrames.Message] = []

    init(port: Int, path: String, headers: [String] = []) throws {
        client = try TestClient(port: port)
        let upgrade = [
            "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        ]
        try client.request("GET", path, headers: upgrade + headers)
        let status = try client.readHead().status
        guard status == 101 else { throw TestClientError(description: "status \(status)") }
        frames.onMessage = { [unowned self] in messages.append($0) }
    }

    func send(_ text: String) throws {
        frames.send(text: Array(text.utf8))
        try client.send(frames.takeOutput())
    }

    /// The next text message, or nil if the server closes.
    func read() throws -> String? {
        while messages.isEmpty { frames.receive(try client.readSome()) }
        switch messages.removeFirst() {
        case .text(let text): return String(decoding: text, as: UTF8.self)
        case .close: return nil
        case .binary, .pong: throw TestClientError(description: "not a text")
        }
    }
}

extension Credentials {
    /// Credentials by the machine's clock.
    convenience init(_ snapshot: CredentialSnapshot = CredentialSnapshot()) {
        self.init(snapshot, clock: Timestamp.now)
    }
}

extension CredentialSnapshot {
    /// A snapshot in which this machine needs a credential, or none.
    init(admitsThisMachine: Bool, cameraNetworks: [Network] = []) {
        var stored = StoredCredentials()
        if !admitsThisMachine {
            stored.people = [
                Person(
                    id: 1,
                    name: "malee",
                    role: .admin,
                    isEnabled: true,
                    password: "",
                    mustChangePassword: false,
                    secondFactor: nil,
                    secondFactorStep: 0,
                    createdAt: .now(),
                    lastSignInAt: nil
                )
            ]
        }
        self.init(cameraNetworks: cameraNetworks, stored: stored)
    }
}
