/// A template rendered in advance for one combination of conditions, so that a page only fills in its texts.
///
/// The layout, and the pages of cameras and of the archive, have a handful of combinations.
struct PrecompiledTemplate: Sendable {
    /// The cache key of a rendering.
    struct Conditions: Hashable {
        let template: String
        let truths: [String: Bool]
        /// The names of texts; an empty text is absent for a template that tests it.
        let texts: [String]
        let empties: Set<String>
    }

    private let names: [String]
    private let text: PlaceholderText

    /// Renders the template with placeholders for texts; nil if it does more with them than print them, so that it
    /// must be rendered for each page.
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

    /// A value on which every change would show.
    private static func probe(_ number: Int) -> String { "<aB&\"\(number)' กx>" }
}
