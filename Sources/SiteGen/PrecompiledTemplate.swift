/// A template rendered beforehand for pages whose conditions are the same: all that is left to do for each
/// of them is to put its texts in.
///
/// The layout, and the page of each camera and of the archive, come in a handful of shapes.
struct PrecompiledTemplate: Sendable {
    /// What decides about the shape.
    struct Conditions: Hashable {
        let template: String
        let truths: [String: Bool]
        /// The names of texts; an empty one is not there for a template that asks for it.
        let texts: [String]
        let empties: Set<String>
    }

    private let names: [String]
    private let text: PlaceholderText

    /// Renders the template with marks in the places of texts; nil where it does more with them than
    /// print them, so that it must be rendered for each page.
    init?(_ conditions: Conditions, render: ([String: Any]) throws -> String) throws {
        let names = conditions.texts
        func values(_ value: (Int) -> String) -> [String: Any] {
            var values: [String: Any] = conditions.truths
            for (number, name) in names.enumerated() {
                values[name] = conditions.empties.contains(name) ? "" : value(number)
            }
            return values
        }
        guard let text = PlaceholderText(try render(values(PlaceholderText.mark))) else {
            return nil
        }
        let probe = try render(values(PrecompiledTemplate.probe))
        guard text.filled({ Array(PrecompiledTemplate.probe($0).utf8) }) == Array(probe.utf8) else {
            return nil
        }
        (self.names, self.text) = (names, text)
    }

    /// The template with its texts.
    func filled(_ value: (String) -> [UInt8]) -> [UInt8] {
        let values = names.map(value)
        return text.filled { values.indices.contains($0) ? values[$0] : [] }
    }

    /// A value on which every change would be seen.
    private static func probe(_ number: Int) -> String { "<aB&\"\(number)' กx>" }
}
