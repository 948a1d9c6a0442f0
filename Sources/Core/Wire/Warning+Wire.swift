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
