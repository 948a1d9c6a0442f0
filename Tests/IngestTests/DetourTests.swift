import Core
import Testing

@testable import Ingest

/// Where a browser is sent that may not see a page.
@Suite struct DetourTests {
    private let page = Router.Match.staticFile(
        StaticFiles(pagesPath: "/nowhere", picturesPath: "/nowhere"),
        isPublic: false
    )
    private let browser = Headers([("Accept", "text/html,application/xhtml+xml")])

    private func location(_ refusal: Refusal, _ target: String) throws -> String? {
        let detour = Detour(refusal, page, browser)
        return try detour?.response(from: RequestTarget(Array(target.utf8)))
            .headers.first { $0.name == "Location" }?.value
    }

    @Test(arguments: [
        ("/", "/sign-in?to=%2F"),
        ("/records?plate=12&page=2", "/sign-in?to=%2Frecords%3Fplate%3D12%26page%3D2"),
        ("/%E0%B8%81?x=%20", "/sign-in?to=%2F%25E0%25B8%2581%3Fx%3D%2520"),
        ("/a%3Fb", "/sign-in?to=%2Fa%253Fb"), ("//evil.example/", "/sign-in?to=%2Fevil.example"),
    ])
    func aStrangerSignsInAndComesBack(target: String, expected: String) throws {
        #expect(try location(.credentialNeeded, target) == expected)
    }

    @Test(arguments: ["password_change_needed", "second_factor_needed"])
    func whoMustDoSomethingFirstIsSentToTheAccount(code: String) throws {
        let refusal = Refusal(.forbidden, "do it first", code: code)
        #expect(try location(refusal, "/cameras") == "/account?to=%2Fcameras")
    }

    @Test func programsGetTheRefusal() {
        #expect(Detour(.credentialNeeded, page, Headers([("Accept", "*/*")])) == nil)
        #expect(Detour(.credentialNeeded, page, Headers()) == nil)
        #expect(Detour(.credentialNeeded, .nothing, browser) == nil)
    }

    @Test func otherRefusalsStayRefusals() {
        #expect(Detour(.notAdmitted, page, browser) == nil)
        #expect(Detour(Refusal(.forbidden, "not for viewers"), page, browser) == nil)
        #expect(Detour(Refusal(.unauthenticated, "only this machine"), page, browser) == nil)
    }
}
