public import Core

/// A response.
public struct Response: Sendable {
    /// The body.
    public enum Body: Sendable {
        /// Bytes in memory.
        case bytes([UInt8])
        /// A range of an open file, sent by the kernel.
        case file(FileBody)
        /// Chunks that are produced while the client reads.
        case stream(any BodyStream)
        /// Server-sent events, until either side ends.
        case events(EventSubscription)
        /// None: the connection leaves HTTP (status 101).
        case upgrade(WebSocketUpgrade)
    }

    /// The status code (RFC 9110 §15).
    public var status: Int
    /// Header fields, in order; `Content-Length`, `Date`, `Connection` and `X-Request-ID` are added.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: Body
    /// Whether it reports overload.
    private(set) var isBusy = false
    /// The refusals that it reports, for the log and the counters.
    var refused: Refused?

    /// The refusals of one response, boxed: few responses have any.
    final class Refused: Sendable {
        /// Each kind with its number.
        let kinds: [(refusal: Refusal, count: Int)]

        init(_ refusal: Refusal) { kinds = [(refusal, 1)] }

        /// The refusals of many reads, grouped by camera and code; nil if there are none.
        init?(_ refusals: [Refusal]) {
            guard !refusals.isEmpty else { return nil }
            kinds = Dictionary(grouping: refusals) { [$0.cameraID ?? "", $0.code] }
                .values.map { ($0[0], $0.count) }
        }
    }

    /// Whether it says itself what a browser may do with it (``BrowserPolicy``).
    var hasPolicy: Bool { headers.contains { $0.name == "Content-Security-Policy" } }

    /// Makes a response.
    public init(
        status: Int,
        headers: [(name: String, value: String)] = [],
        body: Body = .bytes([])
    ) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A JSON response: one value, written by `write`.
    public static func json(
        _ status: Int = 200,
        _ write: (inout JSONWriter) -> Void
    ) -> Response {
        var writer = JSONWriter()
        write(&writer)
        return json(status, bytes: writer.bytes)
    }

    /// A JSON response from serialized bytes.
    public static func json(_ status: Int = 200, bytes: [UInt8]) -> Response {
        Response(status: status, headers: jsonHeaders, body: .bytes(bytes))
    }

    /// The response to a refusal: `error`, `code`, `field` if one is invalid, `id`.
    ///
    /// A temporary refusal has `Retry-After` (RFC 9110 §10.2.3).
    public static func refusal(_ refusal: Refusal, id: String) -> Response {
        var response = json(refusal.status) { writer in
            writer.object { writer in
                writer.field("error", refusal.message)
                writer.field("code", refusal.code)
                if let field = refusal.field { writer.field("field", field) }
                writer.field("id", id)
            }
        }
        response.refused = Refused(refusal)
        switch refusal.kind {
        case .unauthenticated:
            response.headers.append(("WWW-Authenticate", #"Bearer realm="lprserver""#))
        case .busy:
            response.headers.append(("Retry-After", "1"))
            response.isBusy = true
        case .storage: response.headers.append(("Retry-After", "10"))
        default: break
        }
        return response
    }

    /// A UTF-8 text response.
    public static func text(_ text: String, status: Int = 200) -> Response {
        Response(
            status: status,
            headers: [
                ("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"),
            ],
            body: .bytes(Array(text.utf8))
        )
    }

    private static let jsonHeaders: [(name: String, value: String)] = [
        ("Content-Type", "application/json"), ("Cache-Control", "no-store"),
    ]
}
