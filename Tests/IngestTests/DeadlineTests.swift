import Core
import Testing

@testable import Ingest

struct DeadlineTests {
    private static var quick: Limits {
        var limits = Limits()
        limits.headerSeconds = 1
        limits.bodySeconds = 1
        limits.keepAliveSeconds = 1
        return limits
    }

    @Test func headersThatTrickleAreCutOff() async throws {
        try await withServer(TestRoutes.all, limits: Self.quick) { port in
            try await onThread {
                let client = try TestClient(port: port)
                try client.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n")
                // Each byte would restart a deadline that measured silence.
                for _ in 0..<200 {
                    guard (try? client.send("X")) != nil else { break }
                    pause(microseconds: 50_000)
                }
                let text = String(decoding: try client.readToEnd(), as: UTF8.self)
                #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 408"))
            }
        }
    }

    @Test func headersThatStopAreAnswered408() async throws {
        try await withServer(TestRoutes.all, limits: Self.quick) { port in
            try await onThread {
                let client = try TestClient(port: port)
                try client.send("GET /hello HTTP/1.1\r\nHost: loc")
                let answer = try client.read()
                #expect(answer.status == 408)
                #expect(answer.text.contains("headers took longer than 1 s"))
            }
        }
    }

    @Test func aBodyThatStopsIsAnswered408() async throws {
        try await withServer(TestRoutes.all, limits: Self.quick) { port in
            try await onThread {
                let client = try TestClient(port: port)
                try client.request("POST", "/echo", headers: ["Content-Length: 500"])
                try client.send("slow")
                let answer = try client.read()
                #expect(answer.status == 408)
                #expect(answer.headers["x-request-id"]?.count == 8)
                #expect(try client.isClosedByServer())
            }
        }
    }

    @Test func silentConnectionsAreClosed() async throws {
        try await withServer(TestRoutes.all, limits: Self.quick) { port in
            try await onThread {
                let fresh = try TestClient(port: port)
                let used = try TestClient(port: port)
                #expect(try used.exchange("GET", "/hello").status == 200)
                #expect(try fresh.isClosedByServer())
                #expect(try used.isClosedByServer())
            }
        }
    }

    @Test func anActionMayTakeLongerThanTheDeadlinesOfInput() async throws {
        let slow = Route(.get, "/slow", needs: .read) { _ in
            try? await Task.sleep(for: .seconds(3))
            return .text("slow")
        }
        try await withServer([slow], limits: Self.quick) { port in
            try await onThread {
                let answer = try ask(port, "GET", "/slow")
                #expect(answer.text == "slow")
            }
        }
    }
}
