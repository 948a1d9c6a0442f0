/// A parsed JSON value (RFC 8259).
///
/// Not `indirect`: its arrays are the indirection, and a number or a short text costs no memory of its own.
public enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    /// A whole number beyond ±2⁵³, of which a `Double` would lose digits: ids of 64 bits look like that.
    case integer(Int64)
    case string(String)
    case array([JSON])
    /// Members in the order in which they came; of equal names the last one counts.
    case object([Member])

    /// One name and value of an object.
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

    /// An object's member, or nil where this is no object or has no such member.
    public subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// How a person would call this kind of value.
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
        case .bool(let truth): writer.value(truth)
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
