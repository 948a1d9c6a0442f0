import Foundation
import Testing

@testable import Core
@testable import Ingest

/// Tokens in every way and on every transport, and their end while connections are open.
struct TokenTests {
    private static func read(_ camera: String) -> String {
        #"{"camera_id":"\#(camera)","plate_number":"กข 1234"}"#
    }

    private static func revoke(_ service: TestService, _ name: String) throws {
        let access = service.access
        let name = try CredentialName(name)
        try service.wait { access.adopt(try await access.recorder.revokeToken(name, by: .system)) }
    }

    @Test func aTokenSendsAsItsCamerasOnly() async throws {
        try await TestService.run { service in
            let token = try service.token(.camera, cameras: ["CAM1", "CAM2"])
            let basic = Data("admin:\(token)".utf8).base64EncodedString()
            for headers in [["Authorization: Bearer \(token)"], ["Authorization: Basic \(basic)"]] {
                let sent = try service.request("POST", "/api/records", headers, Self.read("CAM1"))
                #expect(sent.status == 201)
                let refused = try service.request(
                    "POST",
                    "/api/records",
                    headers,
                    Self.read("CAM3")
                )
                #expect(refused.status == 403 && refused.text.contains("foreign_camera"))
                #expect(try service.request("GET", "/api/records", headers).status == 403)
            }
            let query = "/api/records?token=\(token)"
            #expect(try service.request("POST", query, [], Self.read("CAM2")).status == 201)
            // In a query it is for sending alone.
            #expect(try service.request("GET", "/api/statistics?token=\(token)").status == 401)
            #expect(
                try service.request("POST", "/api/records", [], Self.read("CAM1")).status == 401
            )
        }
    }

    @Test(arguments: ["header", "query"]) func aWebSocketIsItsTokens(way: String) async throws {
        try await TestService.run { service in
            let token = try service.token(.camera, name: "gate", cameras: ["CAM1"])
            #expect(throws: TestClientError.self) {
                try TestWebSocket(port: service.port, path: "/ws")
            }
            let socket =
                way == "header"
                ? try TestWebSocket(
                    port: service.port,
                    path: "/ws",
                    headers: ["Authorization: Bearer \(token)"]
                ) : try TestWebSocket(port: service.port, path: "/ws?token=\(token)")
            try socket.send(Self.read("CAM1"))
            #expect(try socket.read()?.contains("success") == true)
            try socket.send(Self.read("CAM9"))
            #expect(try socket.read()?.contains("foreign_camera") == true)
            try Self.revoke(service, "gate")
            try socket.send(Self.read("CAM1"))
            #expect(try socket.read() == nil)
        }
    }

    @Test(arguments: ["auth", "query"]) func aSocketIOSessionIsItsTokens(way: String) async throws {
        try await TestService.run { service in
            let token = try service.token(.camera, name: "gate", cameras: ["CAM1"])
            let path = "/socket.io/?EIO=4&transport=websocket"
            let socket = try TestWebSocket(
                port: service.port,
                path: way == "query" ? "\(path)&token=\(token)" : path
            )
            #expect(try socket.read()?.hasPrefix("0{") == true)
            try socket.send(way == "auth" ? #"40{"token":"\#(token)"}"# : "40")
            #expect(try socket.read()?.hasPrefix("40{") == true)
            #expect(try socket.read()?.contains("status") == true)
            try socket.send(#"42["lpr_data",\#(Self.read("CAM1"))]"#)
            #expect(try socket.read()?.contains("lpr_response") == true)
            try socket.send(#"42["lpr_data",\#(Self.read("CAM9"))]"#)
            #expect(try socket.read()?.contains("may not send") == true)
            try socket.send(#"42["join_dashboard",{}]"#)
            #expect(try socket.read()?.contains("oined") == false)
            try Self.revoke(service, "gate")
            try socket.send(#"42["lpr_data",\#(Self.read("CAM1"))]"#)
            #expect(try socket.read() == nil)
        }
    }

    @Test(arguments: ["40", #"40{"token":"lpr_wrong"}"#, #"40{"token":7}"#])
    func aSocketIOClientWithoutOneIsTurnedAway(connect: String) async throws {
        try await TestService.run { service in
            _ = try service.token(.camera)
            let socket = try TestWebSocket(
                port: service.port,
                path: "/socket.io/?EIO=4&transport=websocket"
            )
            #expect(try socket.read()?.hasPrefix("0{") == true)
            try socket.send(connect)
            #expect(try socket.read()?.hasPrefix("44{") == true)
            #expect(try socket.read() == nil)
        }
    }

    @Test func anOpenConnectionIsRefusedOnceItIsRevoked() async throws {
        try await TestService.run { service in
            let token = try service.token(.camera, name: "gate")
            let client = try TestClient(port: service.port)
            let headers = ["Authorization: Bearer \(token)", "Content-Type: application/json"]
            func send() throws -> Int {
                let body = Array(Self.read("CAM1").utf8)
                return try client.exchange("POST", "/api/records", headers: headers, body: body)
                    .status
            }
            #expect(try [send(), send(), send()] == [201, 201, 201])
            try Self.revoke(service, "gate")
            #expect(try [send(), send()] == [401, 401])
        }
    }

    @Test func aStreamEndsOnceItIsRevoked() async throws {
        try await TestService.run { service in
            let (viewer, camera) = (
                try service.token(.viewer, name: "wall"), try service.token(.camera)
            )
            var stream = try EventClient(
                port: service.port,
                query: "?types=read",
                headers: ["Authorization: Bearer \(viewer)"]
            )
            #expect(try stream.block().hasPrefix(": connected"))
            let headers = ["Authorization: Bearer \(camera)"]
            #expect(
                try service.request("POST", "/api/records", headers, Self.read("C")).status == 201
            )
            #expect(try stream.nextID() > 0)
            try Self.revoke(service, "wall")
            #expect(
                try service.request("POST", "/api/records", headers, Self.read("C")).status == 201
            )
            var rest = ""
            while let chunk = try stream.client.readChunk() {
                rest += String(decoding: chunk, as: UTF8.self)
            }
            #expect(!rest.contains("event: read"))
        }
    }

    @Test func oneEndsInTime() throws {
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        let secret = Secret(.token)
        let token = AccessToken(
            id: 1,
            name: "gate",
            role: .camera,
            cameras: nil,
            digest: secret.digest,
            createdAt: now,
            createdBy: "malee",
            expiresAt: now.adding(seconds: 10),
            lastUsedAt: nil,
            revokedAt: nil
        )
        var snapshot = CredentialSnapshot(stored: StoredCredentials(tokens: [token]))
        let claim = Claim(client: .loopback, listener: .main, shown: .token(secret.digest))
        #expect(try snapshot.principal(claim, at: now.adding(seconds: 9)).0.name == "gate")
        #expect(throws: Refusal.self) { try snapshot.principal(claim, at: now.adding(seconds: 10)) }
        #expect(snapshot.dropEnded(at: now.adding(seconds: 9)).isChanged == false)
        #expect(snapshot.dropEnded(at: now.adding(seconds: 10)).isChanged)
        // The door does not open by itself when the last token has ended.
        #expect(!snapshot.isOpenToThisMachine)
    }
}
