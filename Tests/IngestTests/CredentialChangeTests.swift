import Testing

@testable import Core
@testable import Ingest

/// Credentials change while connections are open: later requests on them are checked against the new ones.
struct CredentialChangeTests {
    private static let nobody = CredentialSnapshot(admitsThisMachine: false)
    private static let read = #"{"camera_id":"CAM1","plate_number":"กข 1234"}"#
    /// What a proxy in front would report of a camera.
    private static let camera = ["X-Forwarded-For: 10.20.0.5", "Content-Type: application/json"]

    private static func cameras(_ networks: String) throws -> CredentialSnapshot {
        CredentialSnapshot(cameraNetworks: try Network.list(networks))
    }

    @Test func theNextRequestOfAConnectionIsRefused() async throws {
        try await TestService.run(try Self.cameras("10.20.0.0/16")) { service in
            let client = try TestClient(port: service.port)
            let body = Array(Self.read.utf8)
            func send() throws -> Int {
                try client.exchange("POST", "/api/records", headers: Self.camera, body: body).status
            }
            // The second one's head is known already.
            #expect(try [send(), send()] == [201, 201])
            service.credentials.replace(with: try Self.cameras("10.21.0.0/16"))
            #expect(try [send(), send()] == [401, 401])
            service.credentials.replace(with: try Self.cameras("10.20.0.0/16"))
            #expect(try [send(), send()] == [201, 201])
        }
    }

    @Test func aCameraOnAWebSocketIsSentAway() async throws {
        try await TestService.run { service in
            let socket = try TestWebSocket(port: service.port, path: "/ws")
            try socket.send(Self.read)
            #expect(try socket.read()?.contains("success") == true)
            // Other credentials, by which it is still admitted, disturb nothing.
            service.credentials.replace(with: try Self.cameras("10.20.0.0/16"))
            try socket.send(Self.read)
            #expect(try socket.read()?.contains("success") == true)
            service.credentials.replace(with: Self.nobody)
            try socket.send(Self.read)
            #expect(try socket.read() == nil)
            #expect(try service.storedReads() == 2)
        }
    }

    @Test func aSocketIOSessionIsSentAway() async throws {
        try await TestService.run { service in
            let socket = try TestSocketIO(port: service.port)
            try socket.emit("lpr_data", Self.read)
            #expect(try socket.next()?.contains("lpr_response") == true)
            service.credentials.replace(with: Self.nobody)
            try socket.emit("lpr_data", Self.read)
            #expect(try socket.next() == nil)
            #expect(try service.storedReads() == 1)
        }
    }

    @Test func aPollingSessionIsRefused() async throws {
        try await TestService.run { service in
            let client = try TestClient(port: service.port)
            let path = "/socket.io/?EIO=4&transport=polling"
            let text = try client.exchange("GET", path).text
            let sid = try #require(text.split(separator: "\"").dropFirst(3).first)
            let session = "\(path)&sid=\(sid)"
            #expect(try client.exchange("POST", session, body: Array("40".utf8)).text == "ok")
            service.credentials.replace(with: Self.nobody)
            let event = Array(#"42["lpr_data",\#(Self.read)]"#.utf8)
            #expect(try client.exchange("POST", session, body: event).status == 400)
            service.credentials.replace(with: CredentialSnapshot())
            #expect(try service.storedReads() == 0)
        }
    }

    /// A session's id is not a credential: it belongs to the principal that began it.
    @Test func aSessionBelongsToItsPrincipal() async throws {
        try await TestService.run(try Self.cameras("10.20.0.0/16")) { service in
            let path = "/socket.io/?EIO=4&transport=polling"
            let text = try ask(service.port, "GET", path).text
            let sid = try #require(text.split(separator: "\"").dropFirst(3).first)
            let session = "\(path)&sid=\(sid)"
            let body = Array("40".utf8)
            let other = try ask(service.port, "POST", session, headers: Self.camera, body: body)
            #expect(other.status == 400 && other.text.contains("Session ID unknown"))
            #expect(try ask(service.port, "POST", session, body: body).text == "ok")
        }
    }

    @Test func aRoomTellsNobodyWhoLostTheRight() async throws {
        try await TestService.run { service in
            let socket = try TestSocketIO(port: service.port)
            try socket.emit("join_dashboard", "{}")
            #expect(try socket.next()?.contains("Joined dashboard room") == true)
            #expect(try service.post(Self.read) == 201)
            #expect(try socket.next()?.contains("new_lpr_record") == true)
            // The sender is admitted by another claim than the observer.
            service.credentials.replace(
                with: CredentialSnapshot(
                    admitsThisMachine: false,
                    cameraNetworks: try Network.list("10.20.0.0/16")
                )
            )
            #expect(try service.post(Self.read, headers: Self.camera) == 201)
            #expect(try socket.next() == nil)
        }
    }

    @Test(arguments: ["?types=read", "?types=read&last_event_id=0"])
    func anEventStreamEndsBeforeTheNextEvent(query: String) async throws {
        try await TestService.run { service in
            var stream = try EventClient(port: service.port, query: query)
            #expect(try stream.block().hasPrefix(": connected"))
            #expect(try service.post(Self.read) == 201)
            #expect(try stream.nextID() > 0)
            service.credentials.replace(
                with: CredentialSnapshot(
                    admitsThisMachine: false,
                    cameraNetworks: try Network.list("10.20.0.0/16")
                )
            )
            #expect(try service.post(Self.read, headers: Self.camera) == 201)
            var rest = ""
            while !rest.contains("event: read"), let chunk = try stream.client.readChunk() {
                rest += String(decoding: chunk, as: UTF8.self)
            }
            #expect(!rest.contains("event: read"))
        }
    }
}

/// A Socket.IO client of a test, over a WebSocket, connected to `/`.
private final class TestSocketIO {
    private let socket: TestWebSocket

    init(port: Int) throws {
        socket = try TestWebSocket(port: port, path: "/socket.io/?EIO=4&transport=websocket")
        guard try socket.read()?.hasPrefix("0{") == true else {
            throw TestClientError(description: "no handshake")
        }
        try socket.send("40")
        guard try socket.read()?.hasPrefix("40{") == true, try next()?.contains("status") == true
        else { throw TestClientError(description: "not connected") }
    }

    func emit(_ name: String, _ data: String) throws {
        try socket.send(#"42["\#(name)",\#(data)]"#)
    }

    /// The next event, or nil once the server closes; Engine.IO's pings are answered meanwhile.
    func next() throws -> String? {
        while let text = try socket.read() {
            guard text == "2" else { return text }
            try socket.send("3")
        }
        return nil
    }
}

extension TestService {
    /// Posts a read on a connection of its own; returns the status.
    fileprivate func post(_ read: String, headers: [String] = []) throws -> Int {
        try ask(port, "POST", "/api/records", headers: headers, body: Array(read.utf8)).status
    }

    fileprivate func storedReads() throws -> Int {
        try backend.store.readAndWait { try $0.statistics().total.reads }
    }
}
