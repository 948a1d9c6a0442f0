import Foundation
import Testing

@testable import Core
@testable import Ingest

/// Every route by every role, asked of a live server, and the table of it in docs/SECURITY.md.
struct RouteMatrixTests {
    private enum Who: String, CaseIterable {
        case stranger = "without a credential"
        case camera, viewer
        case `operator`
        case admin

        var role: Role? { Role(rawValue: rawValue) }
    }

    private static func expected(_ route: Route, _ who: Who) -> String {
        let principal = Principal(id: "x", name: "x", role: who.role)
        if principal.may(route.permission) { return "yes" }
        return who.role == nil ? "401" : "403"
    }

    private static func line(_ route: Route) -> String {
        let cells = Who.allCases.map { expected(route, $0) }
        return "| `\(route.method.rawValue) \(route.pattern)` | \(cells.joined(separator: " | ")) |"
    }

    /// The service and the gateway, whose routes no test has to name: a new one is asked, too.
    @Test func aLiveServerDoesWhatTheTableSays() async throws {
        let routes = try await RouteTable.all()
        try await TestService.run { service in
            var tokens: [Who: String] = [:]
            for who in Who.allCases {
                guard let role = who.role else { continue }
                tokens[who] = try service.token(role)
            }
            for route in routes {
                for who in Who.allCases {
                    let status = try Self.ask(service, route, tokens[who])
                    let found = status == 401 || status == 403 ? "\(status)" : "yes"
                    // On this machine a probe needs no credential.
                    let isProbe = route.permission == .probe && who == .stranger
                    let wanted = isProbe ? "yes" : Self.expected(route, who)
                    // A sign-in that fails is a 401 of its own.
                    if route.pattern == "/api/session", route.method == .post { continue }
                    #expect(
                        found == wanted,
                        "\(who) \(route.method.rawValue) \(route.pattern): \(status)"
                    )
                }
            }
        }
    }

    private static func ask(_ service: TestService, _ route: Route, _ token: String?) throws -> Int
    {
        let path = route.pattern
            .replacingOccurrences(of: "{id}", with: "999999")
            .replacingOccurrences(of: "{name}", with: "nix")
            .replacingOccurrences(of: "{kind}", with: "scene")
        let client = try TestClient(port: service.port)
        let headers = token.map { ["Authorization: Bearer \($0)"] } ?? []
        let carriesBody = route.method != .get && route.method != .options
        try client.request(
            route.method.rawValue,
            path,
            headers: headers + (carriesBody ? ["Content-Type: application/json"] : []),
            body: carriesBody ? Array("{}".utf8) : nil
        )
        return try client.readHead().status
    }

    /// A route without a row, or a row without a route, fails; `UPDATE_GOLDEN=1` writes them anew.
    @Test func theDocumentHasTheTable() async throws {
        let lines = try await RouteTable.all().map(Self.line).sorted()
        let header = "| route | \(Who.allCases.map(\.rawValue).joined(separator: " | ")) |"
        let table =
            ([header, "|" + String(repeating: " --- |", count: Who.allCases.count + 1)] + lines)
            .joined(separator: "\n")
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../docs/SECURITY.md").standardizedFileURL
        var text = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(text.range(of: "<!-- routes -->\n"))
        let end = try #require(text.range(of: "\n<!-- end of routes -->"))
        let known = text[begin.upperBound..<end.lowerBound]
        guard known != table else { return }
        guard ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == nil else {
            text.replaceSubrange(begin.upperBound..<end.lowerBound, with: table)
            return try text.write(to: file, atomically: true, encoding: .utf8)
        }
        Issue.record("docs/SECURITY.md does not have the table of routes; run with UPDATE_GOLDEN=1")
    }
}
