import Foundation
import Logging
import Testing

@testable import Core
@testable import Ingest

/// Reads a stream of events from a socket.
struct EventClient {
    let client: TestClient
    private var text = ""

    init(port: Int, query: String = "", headers more: [String] = [], lastID: Int64? = nil) throws {
        client = try TestClient(port: port)
        let headers = lastID.map { ["Last-Event-ID: \($0)"] } ?? []
        try client.request("GET", "/events\(query)", headers: headers + more)
        let head = try client.readHead()
        guard head.status == 200, head.headers["x-accel-buffering"] == "no" else {
            throw TestClientError(description: "status \(head.status)")
        }
    }

    /// The next block of lines.
    mutating func block() throws -> String {
        while true {
            if let end = text.range(of: "\n\n") {
                let block = String(text[..<end.lowerBound])
                text = String(text[end.upperBound...])
                return block
            }
            guard let chunk = try client.readChunk() else {
                throw TestClientError(description: "the stream has ended")
            }
            text += String(decoding: chunk, as: UTF8.self)
        }
    }

    /// The id of the next event; comments are passed over.
    mutating func nextID() throws -> Int64 {
        while true {
            let lines = try block().split(separator: "\n")
            guard let line = lines.first(where: { $0.hasPrefix("id: ") }) else { continue }
            return Int64(line.dropFirst(4)) ?? -1
        }
    }

    mutating func nextIDs(_ count: Int) throws -> [Int64] {
        try (0..<count).map { _ in try nextID() }
    }
}

struct EventStreamTests {
    private func serve(
        _ log: TestEventLog,
        limits: Limits = Limits(),
        heartbeat: Duration = .seconds(10),
        _ body: @escaping @Sendable (Int, EventStream) async throws -> Void
    ) async throws {
        let stream = EventStream(
            log: log,
            limits: limits,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            heartbeat: heartbeat
        )
        let following = Task { try await stream.run() }
        let route = Route(.get, "/events", needs: .read, query: .events) {
            request throws(Refusal) in
            try stream.subscribe(request)
        }
        try await withServer([route], limits: limits) { port in
            try await body(port, stream)
        }
        following.cancel()
        _ = try await following.value
    }

    @Test func theFirstBytesComeAtOnceAndEventsAsTheyHappen() async throws {
        let log = TestEventLog()
        log.append()
        try await serve(log) { port, _ in
            try await onThread {
                var client = try EventClient(port: port)
                #expect(try client.block() == ": connected\nretry: 2000")
                log.append(.alert, json: "{\"a\":\n1}")
                #expect(try client.block() == "event: alert\nid: 2\ndata: {\"a\": 1}")
            }
        }
    }

    /// Nobody is told what was said to an empty room, nor misses what comes next; and nothing is read for it.
    @Test func whoComesAfterASilenceGetsTheVeryNextEvent() async throws {
        let log = TestEventLog()
        try await serve(log) { port, stream in
            try await onThread {
                for _ in 0..<2 {
                    for _ in 0..<600 { log.append() }
                    let pages = log.pagesRead
                    for _ in 0..<600 { log.append() }
                    #expect(log.pagesRead == pages)
                    var client = try EventClient(port: port)
                    #expect(try client.block().hasPrefix(": connected"))
                    let newest = log.latestEventID
                    log.append()
                    #expect(try client.nextID() == newest + 1)
                    client.client.close()
                    while stream.listenerCount > 0 { pause(microseconds: 500) }
                }
            }
        }
    }

    @Test func whoResumesMissesNothingAndGetsNothingTwice() async throws {
        let log = TestEventLog()
        for _ in 0..<1_000 { log.append() }
        try await serve(log) { port, _ in
            let writing = Task.detached {
                for _ in 0..<1_000 {
                    log.append()
                    try await Task.sleep(for: .microseconds(200))
                }
            }
            try await onThread {
                for start in [Int64(0), 300, 999, 1_000] {
                    var client = try EventClient(port: port, lastID: start)
                    let ids = try client.nextIDs(Int(2_000 - start))
                    #expect(ids == Array((start + 1)...2_000))
                }
            }
            try await writing.value
        }
    }

    @Test func gapsInTheLogAndIDsOfTheFutureDoNotStopAnybody() async throws {
        let log = TestEventLog()
        for _ in 0..<600 { log.append() }
        log.prune(upTo: 590)
        try await serve(log) { port, _ in
            try await onThread {
                var old = try EventClient(port: port, query: "?last_event_id=5")
                #expect(try old.nextIDs(10) == Array(591...600))
                log.prune(upTo: 600)
                var gone = try EventClient(port: port, lastID: 5)
                var future = try EventClient(port: port, lastID: 1_000_000)
                #expect(try gone.block().hasPrefix(": connected"))
                #expect(try gone.block() == ": events 6 to 600 are no longer kept")
                #expect(try future.block().hasPrefix(": connected"))
                try waitUntilJoined(port: port, log)
                #expect(try gone.nextID() > 600)
                #expect(try future.nextID() > 600)
            }
        }
    }

    /// News that everybody gets who is live by then; those who are not read them from the log.
    private func waitUntilJoined(port: Int, _ log: TestEventLog) throws {
        for _ in 0..<3 {
            log.append()
            pause(microseconds: 50_000)
        }
    }

    @Test func filtersHoldForTheLogAndForNews() async throws {
        let log = TestEventLog()
        for _ in 0..<400 {
            log.append(.read, camera: "CAM1")
            log.append(.alert, camera: "CAM2")
            log.append(.health, camera: nil)
        }
        try await serve(log) { port, _ in
            try await onThread {
                var alerts = try EventClient(
                    port: port,
                    query: "?types=alert,health",
                    lastID: 1_190
                )
                #expect(try alerts.nextIDs(6) == [1_191, 1_193, 1_194, 1_196, 1_197, 1_199])
                var camera = try EventClient(port: port, query: "?camera_id=CAM2", lastID: 0)
                #expect(try camera.nextIDs(400) == (0..<400).map { Int64($0) * 3 + 2 })
                log.append(.read, camera: "CAM1")
                log.append(.alert, camera: "CAM2")
                #expect(try alerts.nextIDs(2) == [1_200, 1_202])
                #expect(try camera.nextID() == 1_202)
            }
        }
    }

    @Test(arguments: [
        ("?types=plate", "types"), ("?last_event_id=x", "last_event_id"),
        ("?last_event_id=-1", "last_event_id"),
    ])
    func badQuestionsAreRefused(query: String, field: String) async throws {
        try await serve(TestEventLog()) { port, _ in
            try await onThread {
                let answer = try ask(port, "GET", "/events\(query)")
                #expect(answer.status == 400)
                #expect(answer.text.contains("\"field\":\"\(field)\""))
            }
        }
    }

    @Test func heartbeatsComeToThoseWhoHearNothing() async throws {
        try await serve(TestEventLog(), heartbeat: .milliseconds(50)) { port, _ in
            try await onThread {
                var client = try EventClient(port: port, query: "?types=alert")
                _ = try client.block()
                for _ in 0..<3 { #expect(try client.block() == ": ") }
            }
        }
    }

    @Test func thePlacesAreLimitedAndGivenBack() async throws {
        var limits = Limits()
        limits.eventListenersMax = 3
        try await serve(TestEventLog(), limits: limits, heartbeat: .milliseconds(50)) {
            port,
            stream in
            try await onThread {
                let clients = try (0..<3).map { _ in try EventClient(port: port) }
                #expect(stream.listenerCount == 3)
                #expect(try ask(port, "GET", "/events").status == 503)
                #expect(try ask(port, "HEAD", "/events").status == 503)
                for client in clients { client.client.close() }
                try waitUntil { stream.listenerCount == 0 }
                #expect(try ask(port, "HEAD", "/events").status == 503 || stream.listenerCount == 0)
                _ = try EventClient(port: port)
            }
        }
    }

    @Test func whoDoesNotReadIsCutOffAndResumes() async throws {
        var limits = Limits()
        limits.eventBacklogBytesMax = 200_000
        let log = TestEventLog()
        let json = "\"\(String(repeating: "x", count: 10_000))\""
        try await serve(log, limits: limits) { port, stream in
            try await onThread {
                var lazy = try EventClient(port: port)
                _ = try lazy.block()
                // Fills the buffers of both sockets, then the backlog.
                for _ in 0..<3_000 where stream.listenerCount > 0 {
                    log.append(.read, json: json)
                    pause(microseconds: 500)
                }
                var last: Int64 = 0
                while let id = try? lazy.nextID() {
                    #expect(id == last + 1)
                    last = id
                }
                let latest = log.latestEventID
                #expect(last < latest)
                // As a browser does: a burst may cut it off again, and it resumes again.
                for _ in 0..<100 where last < latest {
                    var again = try EventClient(port: port, lastID: last)
                    while last < latest, let id = try? again.nextID() {
                        #expect(id == last + 1)
                        last = id
                    }
                }
                #expect(last == latest)
            }
        }
    }

    @Test func whoReadsLateGetsEverythingInOrder() async throws {
        let log = TestEventLog()
        var limits = Limits()
        limits.eventBacklogBytesMax = 64 * 1_024 * 1_024
        try await serve(log, limits: limits) { port, _ in
            try await onThread {
                var client = try EventClient(port: port)
                _ = try client.block()
                // Far more than the sockets' buffers hold.
                let json = "\"\(String(repeating: "x", count: 60_000))\""
                for _ in 0..<400 { log.append(json: json) }
                pause(microseconds: 300_000)
                #expect(try client.nextIDs(400) == Array(1...400))
                log.append()
                #expect(try client.nextID() == 401)
            }
        }
    }

    @Test func aThousandListenersShareOneReader() async throws {
        let log = TestEventLog()
        try await serve(log) { port, stream in
            try await onThread {
                var clients = try (0..<1_000).map { _ in try EventClient(port: port) }
                #expect(stream.listenerCount == 1_000)
                let before = log.pagesRead
                log.append()
                for index in clients.indices { #expect(try clients[index].nextID() == 1) }
                #expect(log.pagesRead - before <= 3)
            }
        }
    }

    @Test func stoppingEndsTheStreams() async throws {
        let log = TestEventLog()
        let stream = EventStream(
            log: log,
            limits: Limits(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let route = Route(.get, "/events", needs: .read, query: .events) {
            request throws(Refusal) in
            try stream.subscribe(request)
        }
        let listener = try makeListener([route])
        let port = try listener.start()
        try await onThread {
            let client = try EventClient(port: port).client
            Task { await listener.stop() }
            while try client.readChunk() != nil {}
            #expect(try client.isClosedByServer())
        }
        await listener.stop()
        #expect(stream.listenerCount == 0)
    }
}
