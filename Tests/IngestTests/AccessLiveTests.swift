import Core
import Testing

@testable import Ingest

struct AccessLiveTests {
    @Test(arguments: ["/hello", "/nothing", "/", "/images/x.jpg", "/%zz", "/echo"])
    func whoIsNotOnThisMachineGets401Everywhere(target: String) async throws {
        let files = StaticFiles(pagesPath: "/nowhere", picturesPath: "/nowhere")
        try await withServer(TestRoutes.all, files: files) { port in
            try await onThread {
                for header in ["X-Real-IP: 10.0.0.5", "X-Forwarded-For: 127.0.0.1, 8.8.8.8"] {
                    let answer = try ask(port, "GET", target, headers: [header])
                    #expect(answer.status == 401)
                    #expect(answer.headers["content-type"] == "application/json")
                }
            }
        }
    }

    @Test func aForeignHostIsMisdirected() async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                let client = try TestClient(port: port)
                try client.send("GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n")
                let answer = try client.read()
                #expect(answer.status == 421)
                #expect(answer.text.contains("\"field\":\"Host\""))
                try client.send("GET http://evil.example/hello HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try client.read().status == 421)
            }
        }
    }

    @Test func aCrossSiteWriteIsForbiddenAndNotCarriedOut() async throws {
        try await withServer(TestRoutes.all) { port in
            try await onThread {
                let headers = ["Origin: http://evil.example"]
                let answer = try ask(port, "POST", "/echo", headers: headers, body: [1])
                #expect(answer.status == 403)
                let same = ["Origin: http://localhost"]
                #expect(try ask(port, "POST", "/echo", headers: same, body: [1]).status == 200)
            }
        }
    }
}
