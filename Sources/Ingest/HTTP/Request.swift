/// One complete HTTP request: its headers are parsed, its body is here.
public struct Request: Sendable {
    /// A short id that ties an error's answer to its line in the log (8 characters of base32).
    public let id: String
    /// What is to be done.
    public let method: Method
    /// The path: percent-decoded, valid UTF-8, with no NUL and no dot segments.
    public let path: String
    /// The parameters after `?`, in order.
    public let query: QueryItems
    /// The header fields.
    public let headers: Headers
    /// The body; empty where there is none.
    public let body: [UInt8]
    /// Who it comes from: what the gate has found.
    public let admission: Admission
    /// The values of the route's `{…}` segments, in order.
    public let parameters: [String]

    /// Makes a request; tests and the listener do.
    init(
        id: String = "test",
        method: Method,
        path: String,
        query: QueryItems = QueryItems(),
        headers: Headers = Headers(),
        body: [UInt8] = [],
        admission: Admission = .thisMachine,
        parameters: [String] = []
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.admission = admission
        self.parameters = parameters
    }

    /// Where it comes from.
    public var client: ClientAddress { admission.client }
    /// Who asks.
    public var principal: Principal { admission.principal }
}
