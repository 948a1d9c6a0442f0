internal import Core

/// What only HTTP refuses, by the code that the answer carries; all else has its status from its ``Refusal/Kind``.
enum HTTPRefusal: String {
    /// The thing is there, but not this way of asking for it.
    case methodNotAllowed = "method_not_allowed"
    /// The request took too long to arrive.
    case timeout = "timeout"
    /// A body without a length.
    case lengthRequired = "length_required"
    /// A form of body that is not understood.
    case unsupportedMedia = "unsupported_media"
    /// A body in a coding such as gzip.
    case contentEncoding = "content_encoding"
    /// Too many attempts to sign in.
    case tooManyAttempts = "too_many_attempts"
    /// A request for another host than this one.
    case misdirected = "unknown_host"

    /// The status of the answer (RFC 9110 §15.5).
    var status: Int {
        switch self {
        case .methodNotAllowed: 405
        case .timeout: 408
        case .lengthRequired: 411
        case .unsupportedMedia, .contentEncoding: 415
        case .misdirected: 421
        case .tooManyAttempts: 429
        }
    }
}

extension Refusal {
    /// One of HTTP's own; to everything but HTTP it is invalid input.
    init(_ reason: HTTPRefusal, _ message: String, field: String? = nil) {
        self.init(.invalid, message, field: field, code: reason.rawValue)
    }

    /// The status of the HTTP answer to this refusal.
    var status: Int {
        switch kind {
        case .invalid: HTTPRefusal(rawValue: code)?.status ?? 400
        case .unauthenticated: 401
        case .forbidden: 403
        case .notFound: 404
        // The blacklist's older contract says 400 instead: `BlacklistRoutes` answers for itself.
        case .conflict: 409
        case .tooLarge: 413
        case .busy, .storage: 503
        case .fault: 500
        }
    }
}
