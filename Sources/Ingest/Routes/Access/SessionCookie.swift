import Core

/// The cookie of a session (RFC 6265bis): not for scripts, not for other sites.
enum SessionCookie {
    /// The field that sets it.
    static func set(_ secret: String, for request: Request, _ options: AccessOptions) -> String {
        "\(name(request))=\(secret); Max-Age=\(options.sessionHours * 3_600)\(attributes(request))"
    }

    /// The field that removes it.
    static func clear(for request: Request) -> String {
        "\(name(request))=; Max-Age=0\(attributes(request))"
    }

    /// Whether the browser speaks TLS, to a proxy on this machine that says so.
    private static func isSecure(_ request: Request) -> Bool {
        request.client.peer.isLoopback
            && request.headers["X-Forwarded-Proto"]?.lowercased() == "https"
    }

    private static func name(_ request: Request) -> String {
        isSecure(request) ? ShownCredential.secureCookie : ShownCredential.cookie
    }

    private static func attributes(_ request: Request) -> String {
        "; Path=/; HttpOnly; SameSite=Strict" + (isSecure(request) ? "; Secure" : "")
    }
}
