import Core
import Testing

@testable import Ingest

struct BodyTests {
    @Test func aBodyOfTheLimitPassesAndOneMoreByteDoesNot() async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                let client = try TestClient(port: port)
                let most = Array(repeating: UInt8(7), count: 1_000)
                #expect(try client.exchange("POST", "/echo", body: most).body == most)
                let answer = try client.exchange("POST", "/echo", body: most + [7])
                #expect(answer.status == 413)
                #expect(answer.text.contains("at most 1000 bytes"))
                // Within four times the limit the connection survives.
                #expect(try client.exchange("GET", "/hello").status == 200)
            }
        }
    }

    @Test func aChunkedBodyIsCollectedAndLimited() async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                let client = try TestClient(port: port)
                try client.request("POST", "/echo", headers: ["Transfer-Encoding: chunked"])
                try client.send("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
                #expect(try client.read().text == "abcde")
                try client.request("POST", "/echo", headers: ["Transfer-Encoding: chunked"])
                let chunk = "3e8\r\n\(String(repeating: "x", count: 1_000))\r\n"
                try client.send("\(chunk)\(chunk)0\r\n\r\n")
                #expect(try client.read().status == 413)
            }
        }
    }

    @Test func aHugeBodyIsAnsweredAndNotRead() async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                let client = try TestClient(port: port)
                try client.request("POST", "/echo", headers: ["Content-Length: 30000000"])
                try client.send(Array(repeating: 1, count: 200_000))
                let answer = try client.read()
                #expect(answer.status == 413)
                #expect(answer.headers["connection"] == "close")
                #expect(answer.text.contains("1000 bytes"))
            }
        }
    }

    @Test func anEndlessChunkedBodyIsAnsweredAndCut() async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                let client = try TestClient(port: port)
                try client.request("POST", "/echo", headers: ["Transfer-Encoding: chunked"])
                let chunk = "3e8\r\n\(String(repeating: "x", count: 1_000))\r\n"
                for _ in 0..<50 { try client.send(chunk) }
                #expect(try client.read().status == 413)
                #expect(try client.isClosedByServer())
            }
        }
    }

    @Test func aClientThatAsksFirstIsAnsweredWithoutItsBody() async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                let refused = try TestClient(port: port)
                try refused.request(
                    "POST",
                    "/echo",
                    headers: ["Expect: 100-continue", "Content-Length: 2000"]
                )
                #expect(try refused.readHead().status == 413)
                let welcome = try TestClient(port: port)
                try welcome.request(
                    "POST",
                    "/echo",
                    headers: ["Expect: 100-continue", "Content-Length: 2"]
                )
                #expect(try welcome.readHead().status == 100)
                try welcome.send("ab")
                #expect(try welcome.read().text == "ab")
            }
        }
    }

    @Test func aBodyWithoutLengthIsRefusedWhereOneIsExpected() async throws {
        let bare = Route(.post, "/bare", needs: .send) { request in
            .text("\(request.body.count)")
        }
        try await withServer(TestRoutes.all + [bare]) { port in
            try await onThread {
                let client = try TestClient(port: port)
                #expect(try client.exchange("POST", "/echo").status == 411)
                #expect(try client.exchange("POST", "/echo", body: []).status == 200)
                #expect(try client.exchange("POST", "/bare").text == "0")
                #expect(try client.exchange("POST", "/bare", body: [1, 2]).text == "2")
            }
        }
    }

    @Test func bodiesBeyondTheMemoryAreRefusedForAMoment() async throws {
        let memory = BodyMemory(bytesMax: 100_000)
        let store = Route(.post, "/store", needs: .send, bodyLimit: 90_000) { request in
            .text("\(request.body.count)")
        }
        try await withServer([store], memory: memory) { port in
            try await onThread {
                let body = Array(repeating: UInt8(1), count: 90_000)
                let first = try TestClient(port: port)
                try first.request("POST", "/store", headers: ["Content-Length: 90000"])
                try first.send(Array(body.dropLast()))
                try waitUntil { memory.bytesUsed >= 60_000 }
                let answer = try ask(port, "POST", "/store", body: body)
                #expect(answer.status == 503)
                #expect(answer.headers["retry-after"] == "1")
                try first.send([1])
                #expect(try first.read().text == "90000")
                first.close()
                try waitUntil { memory.bytesUsed == 0 }
            }
        }
    }

    @Test func aHalfSentBodyLeavesNothingBehind() async throws {
        let memory = BodyMemory(bytesMax: 1_000_000)
        try await withServer(TestRoutes.all, memory: memory) { port in
            try await onThread {
                for _ in 0..<20 {
                    let client = try TestClient(port: port)
                    try client.request("POST", "/echo", headers: ["Content-Length: 900"])
                    try client.send("only this")
                    client.close()
                }
                try waitUntil { memory.bytesUsed == 0 }
                #expect(try ask(port, "GET", "/hello").status == 200)
            }
        }
    }

    @Test func aClientThatOnlyEndsItsSendingSideGetsItsAnswer() async throws {
        let slow = Route(.get, "/slow", needs: .read) { _ in
            try? await Task.sleep(for: .milliseconds(50))
            return .text("slow")
        }
        try await withServer([slow]) { port in
            try await onThread {
                let client = try TestClient(port: port)
                try client.request("GET", "/slow")
                client.finishSending()
                #expect(try client.read().text == "slow")
            }
        }
    }
}
