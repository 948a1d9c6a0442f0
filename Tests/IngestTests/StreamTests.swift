import Core
import Foundation
import Synchronization
import Testing

@testable import Ingest

private struct BrokenStream: BodyStream {
    struct Broken: Error {}
    let counting = CountingStream(chunks: 2, bytes: 100)

    func next() async throws -> [UInt8]? {
        guard let chunk = try await counting.next() else { throw Broken() }
        return chunk
    }
}

private final class SlowStream: BodyStream {
    private let counting = CountingStream(chunks: 5, bytes: 10)

    func next() async throws -> [UInt8]? {
        try await Task.sleep(for: .milliseconds(20))
        return try await counting.next()
    }
}

struct StreamTests {
    private func serve(
        _ stream: any BodyStream,
        answerSeconds: Int = 120,
        _ body: @escaping @Sendable (Int) throws -> Void
    ) async throws {
        let route = Route(.get, "/stream", needs: .read) { _ in
            Response(status: 200, body: .stream(stream))
        }
        try await withServer([route], answerSeconds: answerSeconds) { port in
            try await onThread { try body(port) }
        }
    }

    @Test func everyByteArrivesInOrder() async throws {
        try await serve(CountingStream(chunks: 100, bytes: 50_000)) { port in
            let body = try ask(port, "GET", "/stream").body
            #expect(body.count == 5_000_000)
            #expect(body.indices.allSatisfy { body[$0] == UInt8($0 / 50_000) })
        }
    }

    @Test func aSlowStreamIsWaitedFor() async throws {
        try await serve(SlowStream()) { port in
            let answer = try ask(port, "GET", "/stream")
            #expect(answer.body.count == 50)
        }
    }

    @Test func aClientThatDoesNotReadIsNotMadeFor() async throws {
        let stream = CountingStream(chunks: 800, bytes: 65_536)
        try await serve(stream) { port in
            let client = try TestClient(port: port)
            try client.request("GET", "/stream")
            #expect(try client.readHead().status == 200)
            // The stream runs until the sockets' buffers are full, and then stands still.
            var made = -1
            while made != stream.made.load(ordering: .relaxed) {
                made = stream.made.load(ordering: .relaxed)
                pause(microseconds: 300_000)
            }
            #expect(made < 400)
            var total = 0
            while let chunk = try client.readChunk() { total += chunk.count }
            #expect(total == 800 * 65_536)
        }
    }

    @Test func noMoreIsMadeThanFitsBetweenServerAndClient() async throws {
        let stream = CountingStream(chunks: 800, bytes: 65_536)
        try await serve(stream) { port in
            let client = try TestClient(port: port)
            try client.request("GET", "/stream")
            _ = try client.readHead()
            var (total, aheadMax) = (0, 0)
            while let chunk = try client.readChunk() {
                total += chunk.count
                let made = stream.made.load(ordering: .relaxed) * 65_536
                aheadMax = max(aheadMax, made - total)
            }
            #expect(total == 800 * 65_536)
            #expect(aheadMax < 16 * 1_024 * 1_024)
        }
    }

    @Test func aClientThatGoesEndsTheStream() async throws {
        let stream = CountingStream(chunks: 1_000_000, bytes: 65_536)
        try await serve(stream) { port in
            let client = try TestClient(port: port)
            try client.request("GET", "/stream")
            _ = try client.readHead()
            client.close()
            var made = -1
            while made != stream.made.load(ordering: .relaxed) {
                made = stream.made.load(ordering: .relaxed)
                pause(microseconds: 200_000)
            }
            #expect(made < 1_000_000)
        }
    }

    @Test func aStreamThatFailsCutsTheConnection() async throws {
        try await serve(BrokenStream()) { port in
            let client = try TestClient(port: port)
            try client.request("GET", "/stream")
            #expect(try client.readHead().status == 200)
            #expect(throws: TestClientError.self) {
                while try client.readChunk() != nil {}
            }
        }
    }
}
