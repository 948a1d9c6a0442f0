import Core
import Testing

@testable import Ingest

struct RouterTests {
    private let router = Router(routes: [
        Route(.get, "/api/records", needs: .read) { _ in .text("list") },
        Route(.post, "/api/records", needs: .send, on: .all, bodyLimit: 10) { request in
            .text("\(request.body.count)")
        },
        Route(.get, "/api/records/{id}", needs: .read) { request in
            .text("one \(request.parameters.joined(separator: ","))")
        },
        Route(.delete, "/api/records/{id}", needs: .manageBlacklist) { _ in .text("gone") },
        Route(.get, "/api/records/latest", needs: .read) { _ in .text("latest") },
        Route(.get, "/a/{x}/b/{y}", needs: .read) { request in
            .text(request.parameters.joined(separator: ","))
        },
        Route(.get, "/fails", needs: .read) { _ throws(Refusal) in
            throw Refusal.invalid("page", "must be at least 1")
        },
    ])

    private func answer(
        _ method: Method,
        _ path: String,
        query: QueryItems = QueryItems(),
        body: [UInt8] = [],
        on listener: Listeners = .main
    ) async -> (status: Int, text: String) {
        let request = Request(method: method, path: path, query: query, body: body)
        let response = await router.respond(to: request, on: listener)
        guard case .bytes(let bytes) = response.body else { return (response.status, "") }
        return (response.status, String(decoding: bytes, as: UTF8.self))
    }

    @Test func pathsLeadToTheirRoutes() async {
        #expect(await answer(.get, "/api/records") == (200, "list"))
        #expect(await answer(.head, "/api/records") == (200, "list"))
        #expect(await answer(.get, "/api/records/17") == (200, "one 17"))
        #expect(await answer(.get, "/api/records/latest") == (200, "latest"))
        #expect(await answer(.get, "/a/1/b/2") == (200, "1,2"))
        #expect(await answer(.post, "/api/records", body: [1], on: .gateway) == (200, "1"))
    }

    @Test func aSlashAtTheEndLeadsToThePathWithout() async {
        for path in ["/api/records/", "/api/records/17/"] {
            #expect(await answer(.get, path).status == 308)
        }
        #expect(await answer(.get, "/api/records/17/", on: .gateway).status == 404)
    }

    @Test func whatIsNotThereIsNotFound() async {
        for path in ["/", "/api", "/api/records//", "/api/records/1/2", "/a//b/2", "/api/Records"] {
            #expect(await answer(.get, path).status == 404)
        }
        #expect(await answer(.get, "/api/records/1", on: .gateway).status == 404)
    }

    @Test func otherMethodsAreNamed() async {
        let put = Request(method: .put, path: "/api/records/1")
        let response = await router.respond(to: put)
        #expect(response.status == 405)
        #expect(response.headers.contains { $0 == ("Allow", "GET, HEAD, DELETE, OPTIONS") })
        #expect(await answer(.get, "/api/records", on: .gateway).status == 405)
        #expect(await answer(.options, "/api/records").status == 204)
    }

    @Test func refusalsNameTheirField() async {
        let answer = await answer(.get, "/fails")
        #expect(answer.status == 400)
        let expected =
            #"{"error":"page must be at least 1","code":"invalid","field":"page","id":"test"}"#
        #expect(answer.text == expected)
    }

    @Test func unknownParametersAreRefusedWhereTheyAskForSomething() async {
        let odd = QueryItems([("plate", "1"), ("_", "2")])
        for method in [Method.get, .head] {
            let (status, body) = await answer(method, "/api/records", query: odd)
            #expect(status == 400)
            #expect(body.contains("unknown query parameter plate, _; this call takes none"))
        }
        #expect(await answer(.post, "/api/records", query: odd).status == 200)
    }

    @Test func bodiesHaveLimits() async {
        #expect(
            await answer(.post, "/api/records", body: Array(repeating: 0, count: 11)).status == 413
        )
    }
}
