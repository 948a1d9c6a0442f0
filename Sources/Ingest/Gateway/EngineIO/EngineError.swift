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

    /// What the log says; the answer's own `code` is the protocol's number.
    private var refusal: Refusal {
        switch self {
        case .forbidden: Refusal(.forbidden, message)
        case .unknownSession: Refusal(.invalid, message, code: "unknown_session")
        case .unsupportedVersion: Refusal(.invalid, message, code: "unsupported_version")
        case .unknownTransport, .badMethod, .badRequest:
            Refusal(.invalid, message, code: "protocol_error")
        }
    }

    var response: Response { Self.response(refusal, rawValue) }

    /// More sessions than there may be.
    static var full: Response {
        let refusal = Refusal(.busy, "Too many sessions; try again later")
        var response = response(refusal, Self.forbidden.rawValue)
        response.headers.append(("Retry-After", "5"))
        return response
    }

    private static func response(_ refusal: Refusal, _ code: Int) -> Response {
        var response = Response.json(refusal.status) { writer in
            writer.object { writer in
                writer.field("code", code)
                writer.field("message", refusal.message)
            }
        }
        response.refused = Response.Refused(refusal)
        return response
    }
}
