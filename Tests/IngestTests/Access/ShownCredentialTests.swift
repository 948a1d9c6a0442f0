import Foundation
import Testing

@testable import Core
@testable import Ingest

/// What a request shows, in every way in which it may.
struct ShownCredentialTests {
    private static let token = Secret(.token)
    private static let other = Secret(.token)
    private static let session = Secret(.session)

    private func shown(_ headers: [(String, String)], query: String? = nil) throws(Refusal)
        -> ShownCredential
    {
        try ShownCredential(Headers(headers), queryToken: query)
    }

    private static func basic(_ text: String) -> (String, String) {
        ("Authorization", "Basic \(Data(text.utf8).base64EncodedString())")
    }

    @Test func eachWayIsTheSameToken() throws {
        let (text, token) = (Self.token.text, ShownCredential.token(Self.token.digest))
        #expect(try shown([("Authorization", "Bearer \(text)")]) == token)
        #expect(try shown([("authorization", "bearer   \(text)  ")]) == token)
        #expect(try shown([Self.basic("admin:\(text)")]) == token)
        #expect(try shown([Self.basic(":\(text)")]) == token)
        #expect(try shown([], query: text) == token)
        // The same one twice is one.
        #expect(try shown([("Authorization", "Bearer \(text)"), Self.basic("x:\(text)")]) == token)
    }

    @Test func aSessionIsACookieAlone() throws {
        let (text, session) = (Self.session.text, ShownCredential.session(Self.session.digest))
        #expect(try shown([("Cookie", "a=b; lprserver_session=\(text); c=d")]) == session)
        #expect(try shown([("Cookie", "__Host-lprserver_session=\(text)")]) == session)
        #expect(try shown([("Authorization", "Bearer \(text)")]) == .unusable)
        #expect(try shown([], query: text) == .unusable)
        #expect(try shown([("Cookie", "lprserver_session=\(Self.token.text)")]) == .none)
        // The one that is bound to this host wins over one that another port may have set.
        let both = "lprserver_session=\(Secret(.session).text); __Host-lprserver_session=\(text)"
        #expect(try shown([("Cookie", both)]) == session)
        // Over TLS another host of the domain could have set the one without the prefix.
        let tls = ("X-Forwarded-Proto", "https")
        #expect(try shown([tls, ("Cookie", both)]) == session)
        #expect(try shown([tls, ("Cookie", "lprserver_session=\(text)")]) == .none)
    }

    @Test func twoDifferentOnesAreRefused() {
        let pairs: [[(String, String)]] = [
            [
                ("Authorization", "Bearer \(Self.token.text)"),
                ("Authorization", "Bearer \(Self.other.text)"),
            ],
            [
                ("Authorization", "Bearer \(Self.token.text)"),
                ("Cookie", "lprserver_session=\(Self.session.text)"),
            ],
            [Self.basic("a:\(Self.token.text)"), ("Authorization", "Bearer \(Self.other.text)")],
            [
                (
                    "Cookie",
                    "lprserver_session=\(Self.session.text); lprserver_session=\(Secret(.session).text)"
                )
            ],
        ]
        for headers in pairs {
            let refusal = #expect(throws: Refusal.self) { try shown(headers) }
            #expect(refusal?.code == "two_credentials" && refusal?.status == 400)
        }
        #expect(throws: Refusal.self) {
            try shown([("Authorization", "Bearer \(Self.token.text)")], query: Self.other.text)
        }
    }

    /// Truncated, doubled, oversized, non-ASCII: none is a token, and each is recognised as meant for us.
    @Test func damagedOnesAreUnusable() throws {
        let text = Self.token.text
        for damaged in [
            "lpr_", String(text.dropLast()), text + "x", text + text, "lpr_" + text,
            text.replacingOccurrences(of: text.suffix(1), with: "ก"),
            text + String(repeating: "A", count: 5_000),
            String(text.dropLast()) + "=", String(text.dropLast()) + "/",
        ] {
            #expect(try shown([("Authorization", "Bearer \(damaged)")]) == .unusable, "\(damaged)")
            #expect(try shown([Self.basic("x:\(damaged)")]) == .unusable, "\(damaged)")
            #expect(try shown([], query: damaged) == .unusable, "\(damaged)")
        }
    }

    /// What is meant for another system is as if it were not there: such cameras are admitted by their address.
    @Test func othersAuthorizationsAreNone() throws {
        for value in [
            "", "Bearer", "Bearer ", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x", "Digest username=\"a\"",
            "Basic !!!", "Basic \(Data([0xFF, 0xFE]).base64EncodedString())", "Negotiate abc",
            "Basic",
        ] {
            #expect(try shown([("Authorization", value)]) == .none, "\(value)")
        }
        #expect(try shown([Self.basic("admin:admin")]) == .none)
        #expect(try shown([Self.basic("no colon")]) == .none)
    }
}
