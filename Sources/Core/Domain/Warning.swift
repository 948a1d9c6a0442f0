/// A problem with an optional part of a read that was stored anyway.
///
/// Made from the ``Refusal`` that a required part would have got.
public struct Warning: Sendable, Equatable {
    /// The invalid field, as its sender spelt it.
    public let field: String
    /// A stable identifier of the problem, such as `not_an_image`.
    public let code: String
    /// One sentence that says what is wrong.
    public let message: String

    /// The warning of a refusal; `field` is used if it names none.
    public init(_ refusal: Refusal, field: String) {
        self.field = refusal.field ?? field
        code = refusal.code
        message = refusal.message
    }

    /// The code of a stored picture that is truncated.
    public static let damaged = "damaged"
}
