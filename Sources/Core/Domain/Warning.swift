/// What was wrong with an optional part of a read that was kept all the same.
///
/// Made of the ``Refusal`` that a required part would have got.
public struct Warning: Sendable, Equatable {
    /// The field at fault, as its sender spelt it.
    public let field: String
    /// What is wrong, in one stable word such as `not_an_image`.
    public let code: String
    /// One sentence that says what is wrong.
    public let message: String

    /// What a refusal says; `field` counts if it names none itself.
    public init(_ refusal: Refusal, field: String) {
        self.field = refusal.field ?? field
        code = refusal.code
        message = refusal.message
    }

    /// The code of a picture that was kept, but does not hold what it should to its end.
    public static let damaged = "damaged"
}
