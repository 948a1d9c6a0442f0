/// The supported request methods (RFC 9110 §9); others are refused before routing.
public enum Method: String, Sendable, CaseIterable {
    /// Requests a representation.
    case get = "GET"
    /// Like GET, but answered without a body.
    case head = "HEAD"
    /// Creates something.
    case post = "POST"
    /// Replaces something.
    case put = "PUT"
    /// Changes something in part.
    case patch = "PATCH"
    /// Removes something.
    case delete = "DELETE"
    /// Requests the methods of a path.
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
