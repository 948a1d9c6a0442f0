import Core
import Logging
import Synchronization
import Testing

@testable import Ingest

struct StopTests {
    @Test func answersInFlightAreFinished() async throws {
        let began = Atomic<Bool>(false)
        let slow = Route(.get, "/slow", needs: .read) { _ in
            began.store(true, ordering: .relaxed)
            try? await Task.sleep(for: .milliseconds(300))
            return .text("slow")
        }
        let listener = try makeListener([slow, TestRoutes.hello])
        let port = try listener.start()
        let client = Task {
            try await onThread {
                let idle = try TestClient(port: port)
                #expect(try idle.exchange("GET", "/hello").status == 200)
                let client = try TestClient(port: port)
                try client.request("GET", "/slow")
                try waitUntil { began.load(ordering: .relaxed) }
                Task { await listener.stop() }
                let answer = try client.read()
                #expect(answer.text == "slow")
                #expect(answer.headers["connection"] == "close")
                #expect(try idle.isClosedByServer())
                #expect(throws: TestClientError.self) { try TestClient(port: port) }
            }
        }
        try await client.value
        await listener.stop()
    }

    @Test func whoNeverAnswersIsCutOffAtTheDeadline() async throws {
        var limits = Limits()
        limits.stopSeconds = 1
        let batch = BatchResponder()
        let silent = Route(.get, "/silent", needs: .read, action: .direct(batch.take))
        let stream = Route(.get, "/stream", needs: .read) { _ in
            Response(status: 200, body: .stream(CountingStream(chunks: 1_000_000, bytes: 65_536)))
        }
        let listener = try makeListener([silent, stream], limits: limits)
        let port = try listener.start()
        try await onThread {
            let waiting = try (0..<10).map { _ in try TestClient(port: port) }
            for client in waiting { try client.request("GET", "/silent") }
            let reading = try TestClient(port: port)
            try reading.request("GET", "/stream")
            _ = try reading.readHead()
            try waitUntil { batch.count >= 10 }
            Task { await listener.stop() }
            for client in waiting { #expect(try client.isClosedByServer()) }
        }
        await listener.stop()
        // What comes after the end is dropped.
        batch.answerAll()
    }

    @Test func aTakenPortIsSaid() async throws {
        try await withServer { port in
            var options = ListenerOptions(
                place: .network(try ListenAddress("127.0.0.1"), port: port),
                kind: .main,
                router: Router(routes: []),
                gate: Gate(Credentials()),
                limits: Limits(),
                bodyMemory: BodyMemory(bytesMax: 1),
                logger: Logger(label: "test")
            )
            #expect(throws: ListenError.portTaken("127.0.0.1", port)) {
                try Listener(options).start()
            }
            options.place = .network(try ListenAddress("127.0.0.1"), port: 70_000)
            #expect(throws: ListenError.self) { try Listener(options).start() }
        }
    }
}
