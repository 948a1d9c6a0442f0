import Core
import Testing

@testable import Ingest

/// Large bodies take turns, and nobody notices but by the time that it takes.
struct LargeBodyTests {
    private static let length = 400_000

    /// Answers with how many bytes came.
    private static let counted = Route(
        .post,
        "/reads",
        needs: .send,
        bodyLimit: 16 * 1_024 * 1_024,
        action: .direct { request, responder in
            responder.send(.text("\(request.body.count)", status: 201))
        }
    )

    private static func head(_ length: Int) -> String {
        "POST /reads HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(length)\r\n\r\n"
    }

    /// Three times as much as is read at a time, of senders of whom a third is gone again.
    @Test func aCrowdIsReadWhole() async throws {
        var limits = Limits()
        // Nothing is refused, however slow the machine.
        limits.queueWaitMillisecondsMax = 60_000
        try await withServer([Self.counted], limits: limits) { port in
            try await onThread {
                let clients = try (0..<60).map { _ in try TestClient(port: port) }
                for client in clients { try client.send(Self.head(Self.length)) }
                for number in clients.indices where number.isMultiple(of: 3) {
                    clients[number].close()
                }
                // The last first: their turn comes although those before them say nothing.
                for number in clients.indices.reversed() where !number.isMultiple(of: 3) {
                    try clients[number].send([UInt8](repeating: 7, count: Self.length))
                }
                for number in clients.indices where !number.isMultiple(of: 3) {
                    let answer = try clients[number].read()
                    #expect(answer.status == 201)
                    #expect(answer.text == "\(Self.length)")
                }
            }
        }
    }

    /// Bodies of which nothing more comes give their memory back where others need it.
    @Test func bodiesThatStandStillDoNotKeepTheMemory() async throws {
        let memory = BodyMemory(bytesMax: 2 * Self.length)
        try await withServer([Self.counted], memory: memory) { port in
            try await onThread {
                let silent = try (0..<2).map { _ in try TestClient(port: port) }
                for client in silent {
                    try client.send(Self.head(Self.length))
                    try client.send([UInt8](repeating: 7, count: Self.length - 1))
                }
                try waitUntil { memory.bytesUsed == memory.bytesMax }
                let body = [UInt8](repeating: 7, count: Self.length)
                #expect(try ask(port, "POST", "/reads", body: body).status == 503)
                try waitUntil { try ask(port, "POST", "/reads", body: body).status == 201 }
                // The other goes on: there is enough memory now.
                try waitUntil { memory.bytesUsed <= Self.length }
                for client in silent { client.close() }
            }
        }
    }

    @Test func aStopAnswersWhoWaits() async throws {
        var limits = Limits()
        limits.queueWaitMillisecondsMax = 60_000
        limits.stopSeconds = 20
        let guestsMax = limits.bodyMemoryMax / 5 / UploadScheduler<Exchange>.bytesEach + 1
        let listener = try makeListener([Self.counted], limits: limits)
        let port = try listener.start()
        try await onThread {
            let silent = try (0..<guestsMax).map { _ in try TestClient(port: port) }
            for client in silent { try client.send(Self.head(Self.length)) }
            let waiting = try TestClient(port: port)
            try waiting.send(Self.head(Self.length))
            try waiting.send([UInt8](repeating: 7, count: Self.length))
            // The heads are read once this is answered.
            #expect(try ask(port, "POST", "/reads", body: [1]).status == 201)
            Task.detached { await listener.stop() }
            #expect(try waiting.read().status == 201)
            for client in silent { client.close() }
        }
        await listener.stop()
    }
}
