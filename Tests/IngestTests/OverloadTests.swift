import Core
import Synchronization
import Testing

@testable import Ingest

struct OverloadTests {
    /// Refuses everything, as a recorder does whose queue is full.
    private static let full = Route(
        .post,
        "/full",
        needs: .send,
        bodyLimit: 100,
        action: .direct { _, responder in responder.send(refusal: Refusal(.busy, "full")) }
    )

    @Test func everyRefusalIsSentHoweverManyThereAre() async throws {
        try await withServer([Self.full]) { port in
            try await onThread {
                let clients = try (0..<3 * DelayedRejections.promptMax).map { _ in
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
            needs: .send,
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
            let clients = try (0..<2 * DelayedRejections.promptMax).map { _ in
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

    /// While the listener refuses what it cannot keep pace with, clients that never send their bodies must
    /// not take the places of those who do.
    @Test func bodiesThatNeverComeDoNotKeepOthersOut() async throws {
        // A recorder that has no place for some, by their body.
        let route = Route(
            .post,
            "/reads",
            needs: .send,
            bodyLimit: 100,
            action: .direct { request, responder in
                if request.body == [0] {
                    responder.send(refusal: Refusal(.busy, "full"))
                } else {
                    responder.send(Response(status: 201))
                }
            }
        )
        try await withServer([route]) { port in
            try await onThread {
                let refused = try TestClient(port: port)
                let honest = try TestClient(port: port)
                var idlers: [TestClient] = []
                // Again with new ones where the machine was so slow that they no longer counted.
                repeat {
                    for idler in idlers { idler.close() }
                    idlers = try (0..<LoadShedder.readsMin).map { _ in try TestClient(port: port) }
                    for idler in idlers {
                        try idler.send(
                            "POST /reads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
                        )
                    }
                    // While the recorder refuses, only so many may be under way.
                    #expect(try refused.exchange("POST", "/reads", body: [0]).status == 503)
                } while try honest.exchange("POST", "/reads", body: [1]).status != 503
                try waitUntil {
                    (try? honest.exchange("POST", "/reads", body: [1]).status) == 201
                }
            }
        }
    }
}
