internal import Core
internal import Foundation

/// The credential that a request shows, not yet looked up.
enum ShownCredential: Sendable, Equatable {
    /// None of ours; an Authorization for another system is none.
    case none
    /// A token's.
    case token(Secret.Digest)
    /// A session's, from a cookie.
    case session(Secret.Digest)
    /// A person whom a trusted proxy has signed in (``SignInProxies``), with a role if the proxy names one.
    case namedByProxy(String, role: String?)
    /// Something that looks like a token of ours and is none.
    case unusable

    /// The name of the session's cookie; behind TLS with the prefix that binds it to this host (RFC 6265bis §4.1.3).
    static let cookie = "lprserver_session"
    static let secureCookie = "__Host-\(cookie)"

    /// Reads the headers and, for routes that allow it, a token from the query.
    ///
    /// Throws ``Refusal`` with the code `two_credentials` if they show different ones: a request must not be taken for
    /// one principal's here, and for another one's by whatever stands in front.
    init(_ headers: Headers, queryToken: String? = nil) throws(Refusal) {
        var shown: [ShownCredential] = []
        if let queryToken { shown.append(Self.token(queryToken)) }
        for value in headers.all("Authorization") { shown.append(Self.authorization(value)) }
        let isSecure = headers["X-Forwarded-Proto"]?.lowercased() == "https"
        shown += Self.cookies(headers.all("Cookie"), boundToHost: isSecure)
        self = .none
        for credential in shown where credential != .none && credential != self {
            guard self == .none else { throw .twoCredentials }
            self = credential
        }
    }

    /// A token as a client shows it by itself.
    static func token(_ text: some StringProtocol) -> ShownCredential {
        Secret(text, .token).map { .token($0.digest) } ?? .unusable
    }

    /// `Bearer TOKEN` (RFC 6750), or `Basic` with the token as password and any name (RFC 7617).
    private static func authorization(_ value: String) -> ShownCredential {
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2 else { return .none }
        var text = parts[1].drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        switch parts[0].lowercased() {
        case "bearer": return ours(text)
        case "basic":
            guard let bytes = Data(base64Encoded: String(text)),
                let pair = String(bytes: bytes, encoding: .utf8),
                let colon = pair.firstIndex(of: ":")
            else { return .none }
            return ours(pair[colon...].dropFirst())
        default: return .none
        }
    }

    /// A text with our prefix must be a token; any other is another system's.
    private static func ours(_ text: Substring) -> ShownCredential {
        Secret.Kind.allCases.contains { text.hasPrefix($0.rawValue) } ? token(text) : .none
    }

    /// The sessions in `Cookie` headers; the one that is bound to this host wins, and over TLS is the only one that
    /// counts: another host of the same domain can set the other.
    private static func cookies(_ values: [String], boundToHost: Bool) -> [ShownCredential] {
        var (plain, secure): ([ShownCredential], [ShownCredential]) = ([], [])
        for value in values {
            for pair in value.split(separator: ";") {
                let pair = pair.drop { $0 == " " }
                guard let equals = pair.firstIndex(of: "="),
                    let secret = Secret(pair[equals...].dropFirst(), .session)
                else { continue }
                switch pair[..<equals] {
                case cookie[...]: plain.append(.session(secret.digest))
                case secureCookie[...]: secure.append(.session(secret.digest))
                default: continue
                }
            }
        }
        return secure.isEmpty && !boundToHost ? plain : secure
    }
}

extension Refusal {
    /// Two different credentials in one request.
    static let twoCredentials = Refusal(
        .invalid,
        "the request shows two different credentials; send one",
        code: "two_credentials"
    )
}
