/// A parsed JSON value (RFC 8259).
///
/// Not `indirect`: its arrays are the indirection, so that a number or a short string needs no allocation.
public enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    /// An integer beyond ±2⁵³, which a `Double` would round: 64-bit ids, for example.
    case integer(Int64)
    case string(String)
    case array([JSON])
    /// Members in their order; the last of equal names counts.
    case object([Member])

    /// A name and a value of an object.
    public struct Member: Sendable, Equatable {
        /// The name.
        public let name: String
        /// The value.
        public let value: JSON

        /// Makes a member.
        public init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// The value of a member; nil if this is not an object or has no such member.
    public subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The name of this kind of value in error messages.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number, .integer: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSON: JSONWritable {
    /// Writes it with the wire's names.
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.value(value)
        case .number(let number): writer.value(number)
        case .integer(let number): writer.value(number)
        case .string(let text): writer.value(text)
        case .array(let elements): writer.array(of: elements) { $1.write(to: &$0) }
        case .object(let members):
            writer.object { writer in
                for member in members {
                    writer.key(member.name)
                    member.value.write(to: &writer)
                }
            }
        }
    }
}
