/// Why something that was asked is not done, in words that its sender may read.
///
/// The only error that crosses from the domain to a client. A cause that must not leave the machine
/// (an SQL error, a path) goes to the log instead, under the id that the answer carries.
public struct Refusal: Error, Sendable, Equatable {
    /// The few kinds of refusal that a client can act upon.
    public enum Kind: Sendable, Equatable {
        /// The input breaks a rule; sending the same again will fail again.
        case invalid
        /// The caller has not shown who it is.
        case unauthenticated
        /// The caller may not do this.
        case forbidden
        /// There is no such thing.
        case notFound
        /// It contradicts what is there already.
        case conflict
        /// Over a size limit.
        case tooLarge
        /// Full for the moment; the same again later will work.
        case busy
        /// The disk or the database failed; nothing was kept.
        case storage
        /// A fault of ours; the log has the cause.
        case fault
    }

    /// What kind of refusal this is.
    public let kind: Kind
    /// One sentence that says what is wrong and, where it helps, what to do next.
    public let message: String
    /// The field or parameter at fault, as the client spelt it.
    public let field: String?
    /// What is wrong, in one stable word such as `not_an_image` or `required`.
    ///
    /// Programs act on it, and pages have its sentence in their reader's language. Lower-case ASCII
    /// letters and underscores.
    public let code: String
    /// The camera that is refused, if it is known: for the log and the camera's counters, not for the answer.
    public private(set) var cameraID: String?

    /// Makes a refusal; without a `code` of its own it has its kind's.
    public init(_ kind: Kind, _ message: String, field: String? = nil, code: String? = nil) {
        self.kind = kind
        self.message = message
        self.field = field
        self.code = code ?? kind.code
    }

    /// A field whose value breaks a rule; `rule` completes the sentence "`field` …".
    public static func invalid(
        _ field: String,
        _ rule: String,
        code: String = "invalid"
    ) -> Refusal {
        Refusal(.invalid, "\(field) \(rule)", field: field, code: code)
    }

    /// The same as one of a camera's, unless it says already whose it is.
    public func of(_ cameraID: String?) -> Refusal {
        var refusal = self
        if refusal.cameraID == nil { refusal.cameraID = cameraID }
        return refusal
    }
}

extension Refusal.Kind {
    /// The code of a refusal that has none of its own.
    var code: String {
        switch self {
        case .invalid: "invalid"
        case .unauthenticated: "unauthenticated"
        case .forbidden: "forbidden"
        case .notFound: "not_found"
        case .conflict: "conflict"
        case .tooLarge: "too_large"
        case .busy: "busy"
        case .storage: "storage_failed"
        case .fault: "internal_error"
        }
    }
}
