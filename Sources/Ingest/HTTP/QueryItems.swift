public import Core

/// The decoded parameters of a query string, in order.
public struct QueryItems: Sendable {
    /// Names and values.
    public let items: [(name: String, value: String)]

    /// Parameters from pairs.
    public init(_ items: [(name: String, value: String)] = []) {
        self.items = items
    }

    /// Parses the part after `?`, in the form of browsers and curl (`application/x-www-form-urlencoded`: `+` is a
    /// space).
    ///
    /// Throws ``Refusal`` that names a parameter whose value is not percent-encoded UTF-8.
    public init(parsing text: some StringProtocol) throws(Refusal) {
        try self.init(bytes: Array(text.utf8)[...])
    }

    /// The first value of this name, or nil.
    public subscript(name: String) -> String? {
        items.first { $0.name == name }?.value
    }

    init(bytes: ArraySlice<UInt8>) throws(Refusal) {
        guard !bytes.isEmpty else {
            items = []
            return
        }
        var items: [(name: String, value: String)] = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard let name = Self.text(pair[..<equals]) else {
                throw Refusal(.invalid, "a query parameter's name is not percent-encoded UTF-8")
            }
            guard let value = Self.text(pair[equals...].dropFirst()) else {
                throw .invalid(name, "must be percent-encoded UTF-8 without NUL")
            }
            items.append((name, value))
        }
        self.items = items
    }

    /// The token that a query shows, taken out of its bytes before anything else looks at them.
    static func token(in bytes: ArraySlice<UInt8>) -> String? {
        for pair in bytes.split(separator: UInt8(ascii: "&")) where pair.starts(with: "token=".utf8)
        {
            return text(pair.dropFirst("token=".utf8.count)) ?? ""
        }
        return nil
    }

    /// The same parameters but for those of a name.
    func without(_ name: String) -> QueryItems { QueryItems(items.filter { $0.name != name }) }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let decoded = PercentDecoding.decode(bytes, plusIsSpace: true), !decoded.contains(0)
        else { return nil }
        return String(validating: decoded, as: UTF8.self)
    }
}
