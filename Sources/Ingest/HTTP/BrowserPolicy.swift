/// What a browser may do with an answer, as header fields: each list is whole.
///
/// `nosniff` is on every answer and therefore in none of them. nginx sends the same with what it serves itself
/// (nginx/lprserver.conf.template).
enum BrowserPolicy {
    /// Pages and what they consist of: nothing of another site, no inline script or style, no frame around it, a
    /// process without other sites.
    static let page: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
                + "frame-ancestors 'none'; form-action 'self'"
        ),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Embedder-Policy", "require-corp"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        (
            "Permissions-Policy",
            "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()"
        ),
    ]

    /// Pictures, which come from cameras: opened by themselves they are in a sandbox.
    static let picture: [(name: String, value: String)] = [
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    /// Data that a browser asks for (GET): no document at all, and for pages of this site only.
    static let data: [(name: String, value: String)] = [
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
}
