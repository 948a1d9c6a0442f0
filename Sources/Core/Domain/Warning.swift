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

extension Warning: JSONWritable {
    /// Writes it with the wire's names.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("field", field)
            writer.field("code", code)
            writer.field("message", message)
        }
    }
}

extension [Warning] {
    /// Warnings as the store keeps them; nil if there are none.
    var kept: String? {
        guard !isEmpty else { return nil }
        var writer = JSONWriter()
        write(to: &writer)
        return writer.text
    }

    /// Writes them as an array.
    public func write(to writer: inout JSONWriter) {
        writer.array(of: self) { $1.write(to: &$0) }
    }

    /// The same as a value, for answers that are put together as one.
    public var json: JSON {
        .array(
            map { warning in
                .object([
                    JSON.Member("field", .string(warning.field)),
                    JSON.Member("code", .string(warning.code)),
                    JSON.Member("message", .string(warning.message)),
                ])
            }
        )
    }
}
