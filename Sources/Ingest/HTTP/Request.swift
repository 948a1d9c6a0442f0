/// A complete HTTP request: its headers are parsed, its body is received.
public struct Request: Sendable {
    /// A short id that ties an error answer to its log line (8 characters of base32).
    public let id: String
    /// The method.
    public let method: Method
    /// The path: percent-decoded, valid UTF-8, with no NUL and no dot segments.
    public let path: String
    /// The parameters after `?`, in order.
    public let query: QueryItems
    /// The header fields.
    public let headers: Headers
    /// The media type of the body.
    let media: MediaType
    /// The body; may be empty.
    public let body: [UInt8]
    /// The client, as admitted by the gate.
    public let admission: Admission
    /// The values of the route's `{…}` segments, in order.
    public internal(set) var parameters: [String]

    /// Makes a request; tests and the listener do.
    init(
        id: String = "test",
        method: Method,
        path: String,
        query: QueryItems = QueryItems(),
        headers: Headers = Headers(),
        media: MediaType? = nil,
        body: [UInt8] = [],
        admission: Admission = .thisMachine,
        parameters: [String] = []
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.media = media ?? MediaType(headers["Content-Type"])
        self.body = body
        self.admission = admission
        self.parameters = parameters
    }

    /// Where it comes from.
    public var client: ClientAddress { admission.client }
    /// The principal.
    public var principal: Principal { admission.principal }
}
