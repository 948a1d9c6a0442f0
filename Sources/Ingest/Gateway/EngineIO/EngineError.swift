internal import Core

/// Engine.IO's errors (its protocol document, “Errors”).
enum EngineError: Int {
    case unknownTransport = 0
    case unknownSession = 1
    case badMethod = 2
    case badRequest = 3
    case forbidden = 4
    case unsupportedVersion = 5

    private var message: String {
        switch self {
        case .unknownTransport: "Transport unknown"
        case .unknownSession: "Session ID unknown"
        case .badMethod: "Bad handshake method"
        case .badRequest: "Bad request"
        case .forbidden: "Forbidden"
        case .unsupportedVersion: "Unsupported protocol version"
        }
    }

    var response: Response { Self.response(self == .forbidden ? 403 : 400, rawValue, message) }

    /// More sessions than there may be.
    static var full: Response {
        var response = response(503, Self.forbidden.rawValue, "Too many sessions; try again later")
        response.headers.append(("Retry-After", "5"))
        return response
    }

    private static func response(_ status: Int, _ code: Int, _ message: String) -> Response {
        .json(status) { writer in
            writer.object { writer in
                writer.field("code", code)
                writer.field("message", message)
            }
        }
    }
}
