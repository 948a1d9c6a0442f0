import Core
import Foundation
import Testing

@testable import Ingest

struct ConcurrencyTests {
    /// 128 is the number at which libmicrohttpd's own loop stalls.
    @Test(arguments: [127, 128, 129, 256])
    func everyoneIsAnsweredAtThisManyConnections(count: Int) async throws {
        let batch = BatchResponder()
        let direct = Route(.post, "/d", needs: .send, bodyLimit: 100, action: .direct(batch.take))
        try await withServer([direct]) { port in
            let answering = Task { try await onThread { batch.run() } }
            try await onThread {
                let clients = try (0..<count).map { _ in try TestClient(port: port) }
                for _ in 0..<5 {
                    for client in clients { try client.request("POST", "/d", body: [1]) }
                    for client in clients { #expect(try client.read().status == 200) }
                }
            }
            batch.stop()
            try await answering.value
        }
    }

    @Test func manySuspendedRequestsAreAnsweredByOneBatch() async throws {
        let batch = BatchResponder()
        let direct = Route(.get, "/d", needs: .send, action: .direct(batch.take))
        try await withServer([direct, TestRoutes.hello]) { port in
            try await onThread {
                let clients = try (0..<600).map { _ in try TestClient(port: port) }
                for client in clients { try client.request("GET", "/d") }
                try waitUntil { batch.count >= 600 }
                // Others are not held up by those who wait.
                #expect(try ask(port, "GET", "/hello").status == 200)
                batch.answerAll()
                for client in clients { #expect(try client.read().text == "done") }
            }
        }
    }

    @Test func clientsThatGoWhileTheyWaitHurtNobody() async throws {
        let batch = BatchResponder()
        let direct = Route(.get, "/d", needs: .send, action: .direct(batch.take))
        try await withServer([direct]) { port in
            try await onThread {
                let clients = try (0..<100).map { _ in try TestClient(port: port) }
                for client in clients { try client.request("GET", "/d") }
                try waitUntil { batch.count >= 100 }
                for client in clients.prefix(50) { client.close() }
                batch.answerAll()
                for client in clients.dropFirst(50) { #expect(try client.read().status == 200) }
            }
        }
    }

    @Test func anAnswerMayComeBeforeTheSuspensionAndFromManyThreads() async throws {
        let racing = Route(
            .get,
            "/race",
            needs: .send,
            action: .direct { _, responder in
                for _ in 0..<3 { Thread { responder.send(.text("once")) }.start() }
                responder.send(.text("once"))
            }
        )
        try await withServer([racing]) { port in
            try await onThread {
                let client = try TestClient(port: port)
                for _ in 0..<300 { #expect(try client.exchange("GET", "/race").text == "once") }
            }
        }
    }

    @Test func atTheConnectionLimitIdleClientsMakeRoom() async throws {
        var limits = Limits()
        limits.connectionsMax = 16
        try await withServer(TestRoutes.all, limits: limits) { port in
            try await onThread {
                var clients: [TestClient] = []
                // Each is answered before the next one comes: from the sixteenth on, the longest idle
                // ones may be closed at any moment.
                for _ in 0..<16 {
                    let idle = try TestClient(port: port)
                    #expect(try idle.exchange("GET", "/hello").status == 200)
                    clients.append(idle)
                }
                #expect(try ask(port, "GET", "/hello").status == 200)
                for client in clients { client.close() }
            }
        }
    }
}
