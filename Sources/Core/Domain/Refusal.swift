/// Why a request was refused, worded for its sender.
///
/// The only error that the domain returns to a client. A cause that must not leave the machine (an SQL error, a path)
/// is logged instead, under the id that the answer carries.
public struct Refusal: Error, Sendable, Equatable {
    /// The kinds of refusal that a client can act upon.
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

    /// The kind of refusal.
    public let kind: Kind
    /// One sentence that says what is wrong and, if useful, what to do next.
    public let message: String
    /// The invalid field or parameter, as the client spelt it.
    public let field: String?
    /// A stable identifier of the problem, such as `not_an_image` or `required`.
    ///
    /// Programs act on it, and pages show its sentence in the reader's language. Lower-case ASCII letters and
    /// underscores.
    public let code: String
    /// The refused camera, if known: for the log and the camera's counters, not for the answer.
    public private(set) var cameraID: String?

    /// The refused principal, if known: for the audit, not for the answer.
    public private(set) var actor: Actor?

    /// Makes a refusal; `code` defaults to its kind's.
    public init(_ kind: Kind, _ message: String, field: String? = nil, code: String? = nil) {
        self.kind = kind
        self.message = message
        self.field = field
        self.code = code ?? kind.code
    }

    /// A field with an invalid value; `rule` completes the sentence "`field` …".
    public static func invalid(
        _ field: String,
        _ rule: String,
        code: String = "invalid"
    ) -> Refusal {
        Refusal(.invalid, "\(field) \(rule)", field: field, code: code)
    }

    /// Attributes the refusal to a camera, unless it names one already.
    public func of(_ cameraID: String?) -> Refusal {
        var refusal = self
        if refusal.cameraID == nil { refusal.cameraID = cameraID }
        return refusal
    }

    /// Attributes the refusal to a principal.
    public func by(_ actor: Actor) -> Refusal {
        var refusal = self
        refusal.actor = actor
        return refusal
    }

    /// Runs `body`; a refusal that it throws is the camera's.
    public static func naming<T>(
        _ cameraID: @autoclosure () -> String?,
        _ body: () throws(Refusal) -> T
    ) throws(Refusal) -> T {
        do throws(Refusal) {
            return try body()
        } catch {
            throw error.of(cameraID())
        }
    }
}

extension Refusal.Kind {
    /// The default code of a kind.
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
