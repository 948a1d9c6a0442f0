/// A request method that the service knows (RFC 9110 §9); others are refused before routing.
public enum Method: String, Sendable, CaseIterable {
    /// Ask for a representation.
    case get = "GET"
    /// The same as GET, answered without a body.
    case head = "HEAD"
    /// Send something new.
    case post = "POST"
    /// Replace.
    case put = "PUT"
    /// Change in part.
    case patch = "PATCH"
    /// Remove.
    case delete = "DELETE"
    /// Ask which methods a path has.
    case options = "OPTIONS"

    /// Whether a request with this method changes nothing (RFC 9110 §9.2.1).
    public var isSafe: Bool {
        switch self {
        case .get, .head, .options: true
        case .post, .put, .patch, .delete: false
        }
    }

    /// Whether a request with this method normally carries a body.
    var carriesBody: Bool {
        switch self {
        case .post, .put, .patch: true
        case .get, .head, .options, .delete: false
        }
    }
}
