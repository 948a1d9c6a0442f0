/// A list of texts as Python prints it, `['กข 1234', "x"]`: scripts send `str(list)` for JSON.
enum PythonList {
    /// The texts; nil if it is anything else.
    static func texts(_ text: String) -> [String]? {
        var rest = text.unicodeScalars[...]
        guard rest.popFirst() == "[", skipBlanks(&rest) != nil else { return nil }
        var texts: [String] = []
        while true {
            guard let quote = rest.popFirst(), quote == "'" || quote == "\"",
                let element = element(&rest, until: quote)
            else { return nil }
            texts.append(element)
            skipBlanks(&rest)
            switch rest.popFirst() {
            case ",": skipBlanks(&rest)
            case "]": return rest.isEmpty ? texts : nil
            default: return nil
            }
        }
    }

    @discardableResult
    private static func skipBlanks(_ rest: inout Substring.UnicodeScalarView) -> Unicode.Scalar? {
        while rest.first == " " || rest.first == "\n" { rest.removeFirst() }
        return rest.first
    }

    private static func element(
        _ rest: inout Substring.UnicodeScalarView,
        until quote: Unicode.Scalar
    ) -> String? {
        var element = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case quote: return String(element)
            case "\\":
                // Of escapes only those that stand for themselves: a plate has no other.
                guard let escaped = rest.popFirst(), ["'", "\"", "\\"].contains(escaped) else {
                    return nil
                }
                element.append(escaped)
            default: element.append(scalar)
            }
        }
        return nil
    }
}
