internal import Core

/// The headers that let pages of this server, on another of its ports, read Engine.IO's answers.
///
/// A page of a foreign site is not allowed: on this machine no credentials are needed, so that any site in
/// an operator's browser could otherwise follow the gate. It is refused in all its requests alike, the first
/// included, and the pages of this server are allowed in all of theirs, from any of its ports.
enum CrossOrigin {
    /// Whether a page of another site asks.
    static func isForeign(_ request: Request) -> Bool {
        request.headers.all("Origin").contains { !isOwn($0, request) }
    }

    /// A responder that adds the headers to whatever is answered.
    static func responder(for request: Request, around responder: Responder) -> Responder {
        Responder(requestID: request.id, sink: Sink(headers: headers(request), inner: responder))
    }

    private static func headers(_ request: Request) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = [("Vary", "Origin")]
        guard let origin = request.headers["Origin"], isOwn(origin, request) else { return headers }
        headers.append(("Access-Control-Allow-Origin", origin))
        headers.append(("Access-Control-Allow-Credentials", "true"))
        if request.method == .options {
            headers.append(("Access-Control-Allow-Methods", "GET, POST, OPTIONS"))
            headers.append(("Access-Control-Allow-Headers", "Content-Type, Authorization"))
        }
        return headers
    }

    private static func isOwn(_ origin: String, _ request: Request) -> Bool {
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
            guard let other = HostName(origin.dropFirst(scheme.count)),
                let host = request.headers["Host"].flatMap({ HostName($0) })
            else { return false }
            return other.host == host.host
        }
        return false
    }

    private struct Sink: ResponseSink {
        let headers: [(name: String, value: String)]
        let inner: Responder

        func take(_ answer: @escaping @Sendable () -> Response) {
            inner.send { [headers] in
                var response = answer()
                response.headers += headers
                return response
            }
        }
    }
}
