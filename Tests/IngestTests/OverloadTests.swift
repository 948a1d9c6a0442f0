import Core
import Synchronization
import Testing

@testable import Ingest

struct OverloadTests {
    /// Refuses everything, as a recorder does whose queue is full.
    private static let full = Route(
        .post,
        "/full",
        role: .camera,
        bodyLimit: 100,
        action: .direct { _, responder in responder.send(refusal: Refusal(.busy, "full")) }
    )

    @Test func everyRefusalIsSentHoweverManyThereAre() async throws {
        try await withServer([Self.full]) { port in
            try await onThread {
                let clients = try (0..<3 * HeldAnswers.promptMax).map { _ in
                    try TestClient(port: port)
                }
                for client in clients { try client.request("POST", "/full", body: [1]) }
                for client in clients {
                    let answer = try client.read()
                    #expect(answer.status == 503)
                    #expect(answer.headers["retry-after"] == "1")
                }
                // The connection goes on.
                #expect(try clients[299].exchange("POST", "/full", body: [1]).status == 503)
            }
        }
    }

    @Test func aStopSendsWhatIsHeld() async throws {
        let refused = Atomic<Int>(0)
        let route = Route(
            .post,
            "/full",
            role: .camera,
            bodyLimit: 100,
            action: .direct { _, responder in
                responder.send(refusal: Refusal(.busy, "full"))
                refused.add(1, ordering: .relaxed)
            }
        )
        var limits = Limits()
        // Else some are refused by their heads, and the action would not count them.
        limits.queueWaitMillisecondsMax = 60_000
        let listener = try makeListener([route], limits: limits)
        let port = try listener.start()
        try await onThread {
            let clients = try (0..<2 * HeldAnswers.promptMax).map { _ in
                try TestClient(port: port)
            }
            for client in clients { try client.request("POST", "/full", body: [1]) }
            while refused.load(ordering: .relaxed) < clients.count { pause(microseconds: 1_000) }
            Task.detached { await listener.stop() }
            for client in clients {
                let answer = try client.read()
                #expect(answer.status == 503)
            }
        }
        await listener.stop()
    }
}
