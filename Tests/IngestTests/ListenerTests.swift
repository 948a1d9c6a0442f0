import Core
import Testing

@testable import Ingest

struct ListenerTests {
    @Test func aRequestIsAnsweredWithItsIDAndStaysConnected() async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                let client = try TestClient(port: port)
                var ids: Set<String> = []
                for _ in 0..<3 {
                    let answer = try client.exchange("GET", "/hello")
                    #expect(answer.status == 200)
                    #expect(answer.text == "hello")
                    #expect(answer.headers["x-content-type-options"] == "nosniff")
                    ids.insert(answer.headers["x-request-id"] ?? "")
                }
                #expect(ids.count == 3 && ids.allSatisfy { $0.count == 8 })
            }
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                let client = try TestClient(port: port)
                for number in 0..<20 {
                    try client.request("POST", "/echo", body: Array("body \(number)".utf8))
                }
                for number in 0..<20 {
                    let answer = try client.read()
                    #expect(answer.text == "body \(number)")
                }
            }
        }
    }

    @Test func headIsGetWithoutABody() async throws {
        let stream = Route(.get, "/stream", needs: .read) { _ in
            Response(status: 200, body: .stream(CountingStream(chunks: 3, bytes: 10)))
        }
        try await withServer(TestRoutes.all + [stream]) { port in
            try await onThread {
                let client = try TestClient(port: port)
                let answer = try client.exchange("HEAD", "/hello")
                #expect(answer.status == 200)
                #expect(answer.headers["content-length"] == "5")
                #expect(try client.exchange("GET", "/hello").text == "hello")
                let streamed = try client.exchange("HEAD", "/stream")
                #expect(streamed.status == 200)
                #expect(streamed.headers["content-length"] == nil)
                #expect(try client.isClosedByServer())
                #expect(try client.readToEnd().isEmpty)
            }
        }
    }

    @Test func whatIsNotThereIsSaidInJSON() async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                let client = try TestClient(port: port)
                let missing = try client.exchange("GET", "/nothing")
                #expect(missing.status == 404)
                #expect(missing.headers["content-type"] == "application/json")
                #expect(missing.text.contains(missing.headers["x-request-id"] ?? "?"))
                let wrong = try client.exchange("DELETE", "/echo")
                #expect(wrong.status == 405)
                #expect(wrong.headers["allow"] == "POST, OPTIONS")
                let options = try client.exchange("OPTIONS", "/hello")
                #expect(options.status == 204)
                #expect(options.headers["allow"] == "GET, HEAD, OPTIONS")
                #expect(try client.exchange("BREW", "/hello").status == 405)
                #expect(try client.exchange("BREW", "/pot").status == 501)
            }
        }
    }

    @Test(arguments: [
        ("/a%00b", "control character"), ("/%zz", "hexadecimal"), ("/%ff", "UTF-8"),
        ("/a/../b", ".."), ("/a%2fb", "encoded slash"), ("/hello?x=%ff", "x must"),
        ("/hello?page=%00", "page must"), ("hello", "begin with /"),
    ])
    func aBadTargetIsRefusedInJSON(target: String, reason: String) async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                let answer = try ask(port, "GET", target)
                #expect(answer.status == 400)
                #expect(answer.text.contains(reason), "\(answer.text)")
            }
        }
    }

    @Test func ambiguousFramingIsRefused() async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                for headers in [
                    ["Content-Length: 3", "Transfer-Encoding: chunked"],
                    ["Content-Length: 3", "Content-Length: 4"], ["Transfer-Encoding: gzip"],
                ] {
                    let client = try TestClient(port: port)
                    try client.request("POST", "/echo", headers: headers)
                    try client.send("3\r\nabc\r\n0\r\n\r\n")
                    let answer = try client.read()
                    #expect(answer.status == 400)
                    #expect(try client.isClosedByServer())
                }
            }
        }
    }

    /// A head that comes again is not read again; one that differs in anything is.
    @Test func whatDiffersFromTheLastRequestIsSeen() async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                let client = try TestClient(port: port)
                for count in [1, 10, 1_000, 999] {
                    let body = [UInt8](repeating: 0x61, count: count)
                    #expect(try client.exchange("POST", "/echo", body: body).body == body)
                }
                let large = [UInt8](repeating: 0x61, count: 1_001)
                #expect(try client.exchange("POST", "/echo", body: large).status == 413)
                #expect(try client.exchange("POST", "/echo", body: []).body.isEmpty)
                #expect(try client.exchange("POST", "/hello", body: [1]).status == 405)
                let origin = ["Origin: http://example.org"]
                let foreign = try client.exchange("POST", "/echo", headers: origin, body: [1])
                #expect(foreign.status == 403)
                #expect(try client.exchange("POST", "/echo", body: [2]).body == [2])
            }
        }
    }

    @Test(arguments: [
        ["Content-Length: 1", "Content-Length: 1"], ["Content-Length: +1"],
        ["Transfer-Encoding: chunked", "Content-Length: 1"],
    ])
    func aKnownHeadHidesNoAmbiguousFraming(headers: [String]) async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                let client = try TestClient(port: port)
                #expect(try client.exchange("POST", "/echo", body: [1]).body == [1])
                try client.request("POST", "/echo", headers: headers)
                try client.send("1\r\na\r\n0\r\n\r\n")
                #expect(try client.read().status == 400)
            }
        }
    }

    @Test func aForgottenAnswerBecomesAFault() async throws {
        let forgetful = Route(
            .get,
            "/forget",
            needs: .read,
            action: .direct { _, _ in }
        )
        try await withServer([forgetful]) { port in
            try await onThread {
                let answer = try ask(port, "GET", "/forget")
                #expect(answer.status == 500)
            }
        }
    }

    @Test func anActionThatTakesTooLongIsAnsweredFor() async throws {
        let slow = Route(.get, "/slow", needs: .read) { _ in
            try? await Task.sleep(for: .seconds(8))
            return .text("late")
        }
        try await withServer([slow], answerSeconds: 1) { port in
            try await onThread {
                let answer = try ask(port, "GET", "/slow")
                #expect(answer.status == 503)
            }
        }
    }
}
