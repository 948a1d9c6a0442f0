import Foundation
import Testing

@testable import Core
@testable import Ingest

/// People sign in, are who they are, and are gone when they should be.
///
/// One after the other: each sign-in takes a processor for a while.
@Suite(.serialized) struct SessionTests {
    @Test func aPersonSignsInAndOut() async throws {
        try await TestService.run { service in
            try service.addPerson("malee", .operator)
            let cookie = try service.signIn("Malee")
            let me = try service.request("GET", "/api/session", [cookie])
            #expect(
                me.status == 200
                    && me.text.contains(#""name":"malee","role":"operator","kind":"person""#)
            )
            #expect(try service.request("GET", "/api/records", [cookie]).status == 200)
            #expect(try service.request("GET", "/api/users", [cookie]).status == 403)
            let left = try service.request("DELETE", "/api/session", [cookie])
            #expect(left.status == 204 && left.headers["clear-site-data"] != nil)
            #expect(try service.request("GET", "/api/records", [cookie]).status == 401)
        }
    }

    @Test func theAnswerToAnUnknownNameIsTheOneToAWrongPassword() async throws {
        try await TestService.run { service in
            try service.addPerson("malee", .viewer)
            func refusal(_ name: String) throws -> (Int, String) {
                let body = #"{"name":"\#(name)","password":"wrong wrong wrong"}"#
                let answer = try service.request("POST", "/api/session", [], body)
                return (answer.status, answer.text.replacing(#/"id":".*"/#, with: ""))
            }
            #expect(try refusal("malee") == refusal("nobody"))
            #expect(try refusal("malee").0 == 401)
        }
    }

    /// A role, a password, a person who is kept out or removed: sessions end with each.
    @Test(arguments: [
        ("PATCH", #"{"role":"viewer"}"#), ("PATCH", #"{"enabled":false}"#),
        ("PATCH", #"{"reset_password":true}"#), ("DELETE", ""),
    ])
    func aChangeEndsThePersonsSessions(method: String, body: String) async throws {
        try await TestService.run { service in
            try service.addPerson("malee", .operator)
            try service.addPerson("admin", .admin)
            let (cookie, admin) = (try service.signIn("malee"), try service.signIn("admin"))
            let client = try TestClient(port: service.port)
            func get() throws -> Int {
                try client.exchange("GET", "/api/records", headers: [cookie]).status
            }
            #expect(try get() == 200)
            let changed = try service.request(
                method,
                "/api/users/malee",
                [admin],
                body.isEmpty ? nil : body
            )
            #expect(changed.status < 300)
            #expect(try get() == 401)
            #expect(try service.request("GET", "/api/records", [admin]).status == 200)
        }
    }

    @Test func theLastAdminStays() async throws {
        try await TestService.run { service in
            try service.addPerson("admin", .admin)
            let cookie = try service.signIn("admin")
            for (method, body) in [
                ("DELETE", nil), ("PATCH", #"{"enabled":false}"#), ("PATCH", #"{"role":"viewer"}"#),
            ] as [(String, String?)] {
                let answer = try service.request(method, "/api/users/admin", [cookie], body)
                #expect(answer.status == 409 && answer.text.contains("last_admin"))
            }
            #expect(try service.request("GET", "/api/users", [cookie]).status == 200)
        }
    }

    @Test func aOneTimePasswordMustBeChanged() async throws {
        try await TestService.run { service in
            try service.addPerson("malee", .viewer, mustChange: true)
            let cookie = try service.signIn("malee")
            #expect(try service.request("GET", "/api/session", [cookie]).status == 200)
            let records = try service.request("GET", "/api/records", [cookie])
            #expect(records.status == 403 && records.text.contains("password_change_needed"))
            let change = try service.request(
                "PUT",
                "/api/session/password",
                [cookie],
                #"{"password":"\#(TestService.password)","new_password":"a new and longer one"}"#
            )
            #expect(change.status == 204)
            #expect(try service.request("GET", "/api/records", [cookie]).status == 200)
        }
    }

    @Test func aSecondFactorIsAskedFor() async throws {
        try await TestService.run { service in
            try service.addPerson("malee", .viewer)
            let cookie = try service.signIn("malee")
            let (path, password) = ("/api/session/second-factor", TestService.password)
            // The session alone does not suffice.
            for body in [nil, "{}", #"{"password":"wrong"}"#] {
                #expect(try service.request("POST", path, [cookie], body).status >= 400)
            }
            let other = try service.signIn("malee")
            let begun = try service.request(
                "POST",
                path,
                [cookie],
                #"{"password":"\#(password)"}"#
            )
            #expect(begun.status == 200)
            let id = try #require(service.credentials.snapshot.stored.people.first?.id)
            let secret = try #require(service.access.pendingFactor(of: id))
            let code = Self.code(secret)
            let confirmed = try service.request(
                "PUT",
                "/api/session/second-factor",
                [cookie],
                #"{"code":"\#(code)"}"#
            )
            // The one who signed in by the password alone is out; the one who showed a code goes on.
            #expect(try service.request("GET", "/api/records", [other]).status == 401)
            #expect(try service.request("GET", "/api/records", [cookie]).status == 200)
            let recovery = try #require(
                confirmed.text.split(separator: "\"").first { $0.contains("-") }
            )
            func signIn(_ code: String?) throws -> TestAnswer {
                let code = code.map { #","code":"\#($0)""# } ?? ""
                return try service.request(
                    "POST",
                    "/api/session",
                    [],
                    #"{"name":"malee","password":"\#(TestService.password)"\#(code)}"#
                )
            }
            #expect(try signIn(nil).text.contains("code_required"))
            // The code that turned it on is used up.
            #expect(try signIn(code).text.contains("wrong_code"))
            pause(microseconds: 1_500_000)
            #expect(try signIn(String(recovery)).status == 200)
            #expect(try signIn(String(recovery)).status != 200)
        }
    }

    /// The code that the app shows now.
    private static func code(_ secret: [UInt8]) -> String {
        let step = Timestamp.now().milliseconds / 30_000
        let text = String(OneTimeCode(secret: secret).number(at: step))
        return String(repeating: "0", count: 6 - text.count) + text
    }

    /// Cookies know no ports: a page of another program on this host opens no socket as the person.
    @Test func aPageOfAnotherPortOpensNoSocket() async throws {
        try await TestService.run { service in
            try service.addPerson("malee", .admin)
            let cookie = try service.signIn("malee")
            let token = try service.token(.camera)
            func open(_ headers: [String]) throws {
                _ = try TestWebSocket(port: service.port, path: "/ws", headers: headers)
            }
            let (foreign, own) = ("Origin: http://localhost:3000", "Origin: http://localhost")
            #expect(throws: TestClientError.self) { try open([cookie, foreign]) }
            try open([cookie, own])
            try open(["Authorization: Bearer \(token)", foreign])
        }
    }

    /// Idle, absolute, and clocks that are put forward and back.
    @Test func aSessionEndsByItself() throws {
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        let secret = Secret(.session)
        let session = Session(
            digest: secret.digest,
            personID: 1,
            createdAt: now,
            address: "127.0.0.1",
            agent: "x"
        )
        let options = AccessOptions()
        func isValid(_ seconds: Int, lastUsed: Int) -> Bool {
            session.isValid(
                at: now.adding(seconds: seconds),
                lastUsed: now.adding(seconds: lastUsed),
                options
            )
        }
        #expect(isValid(3_599, lastUsed: 0) && !isValid(3_600, lastUsed: 0))
        #expect(isValid(12 * 3_600 - 1, lastUsed: 12 * 3_600 - 2))
        #expect(!isValid(12 * 3_600, lastUsed: 12 * 3_600 - 1))
        #expect(isValid(-30, lastUsed: 0) && !isValid(-3_600, lastUsed: 0))
    }

    @Test(arguments: [
        ("/records?plate=1#x", "/records?plate=1#x"), ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"), ("", "/"), ("/a\r\nSet-Cookie: x", "/"),
        ("javascript:1", "/"),
        ("/sign-in?to=/x", "/"), ("/%2F/evil.example", "/%2F/evil.example"),
    ])
    func oneGoesToPathsOfThisSiteOnly(to: String, place: String) {
        #expect(SignInForm.local(to) == place)
    }

    @Test func aFormIsAnsweredWithPages() async throws {
        try await TestService.run { service in
            try service.addPerson("malee", .viewer)
            func post(_ password: String) throws -> TestAnswer {
                let form = "name=malee&password=\(password)&to=%2Frecords"
                return try TestClient(port: service.port).exchange(
                    "POST",
                    "/api/session",
                    headers: ["Content-Type: application/x-www-form-urlencoded"],
                    body: Array(form.utf8)
                )
            }
            let wrong = try post("x")
            #expect(wrong.status == 401 && wrong.text.contains("/sign-in?to=%2Frecords"))
            let right = try post("correct+horse+battery")
            #expect(right.status == 303 && right.headers["location"] == "/records")
        }
    }
}
