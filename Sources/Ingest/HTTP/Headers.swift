/// A request's header fields; names are case-insensitive (RFC 9110 §5.1).
///
/// Kept in one block of bytes as received: most requests have a dozen fields of which three are read, and a string
/// for each would cost more than the rest of the request.
public struct Headers: Sendable {
    private struct Field: Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    private var bytes: [UInt8]
    private var fields: [Field] = []

    /// Headers from names and values.
    public init(_ pairs: [(name: String, value: String)] = []) {
        bytes = []
        for pair in pairs {
            bytes.append(contentsOf: pair.name.utf8)
            bytes.append(0)
            bytes.append(contentsOf: pair.value.utf8)
            bytes.append(0)
        }
        index()
    }

    /// Headers from a block in which each name and each value ends with a NUL.
    init(block: [UInt8]) {
        bytes = block
        index()
    }

    private mutating func index() {
        guard !bytes.isEmpty else { return }
        fields.reserveCapacity(12)
        var start = 0
        var name: Range<Int>?
        for position in bytes.indices where bytes[position] == 0 {
            if let known = name {
                fields.append(Field(name: known, value: start..<position))
                name = nil
            } else {
                name = start..<position
            }
            start = position + 1
        }
    }

    /// The first field with this name, or nil.
    ///
    /// Invalid UTF-8 becomes U+FFFD.
    public subscript(name: String) -> String? {
        for field in fields where matches(field.name, name) { return text(field.value) }
        return nil
    }

    /// Every field with this name, in order.
    public func all(_ name: String) -> [String] {
        fields.filter { matches($0.name, name) }.map { text($0.value) }
    }

    /// The number of fields with this name.
    func count(_ name: String) -> Int {
        var count = 0
        for field in fields where matches(field.name, name) { count += 1 }
        return count
    }

    /// Whether a field's name starts with this name and is longer.
    func hasLonger(_ name: String) -> Bool {
        let length = name.utf8.count
        return fields.contains { field in
            field.name.count > length && matches(field.name.prefix(length), name)
        }
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private func matches(_ range: Range<Int>, _ name: String) -> Bool {
        guard range.count == name.utf8.count else { return false }
        return zip(bytes[range], name.utf8).allSatisfy { lowercased($0) == lowercased($1) }
    }
}

/// An ASCII letter in lower case; any other byte unchanged.
func lowercased(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}
