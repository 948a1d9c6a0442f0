/// What a template's text depends on but for the values that it prints: the key of a ``PrecompiledTemplate``.
struct TemplateConditions: Hashable {
    let template: String
    private let truths: [String: Bool]
    /// The names of texts.
    let texts: [String]
    /// Of these, those that are empty: to a template that tests it, an empty text is absent.
    private let empties: Set<String>

    /// The conditions of some values, one of which may be long bytes; nil if there are lists among them.
    init?(_ template: String, _ values: [String: Any], long: (name: String, bytes: [UInt8])?) {
        var truths: [String: Bool] = [:]
        var texts: [String] = []
        var empties: Set<String> = []
        for (name, value) in values {
            switch value {
            case let text as String:
                texts.append(name)
                if text.isEmpty { empties.insert(name) }
            case let truth as Bool: truths[name] = truth
            default: return nil
            }
        }
        if let long {
            texts.append(long.name)
            if long.bytes.isEmpty { empties.insert(long.name) }
        }
        self.template = template
        (self.truths, self.texts, self.empties) = (truths, texts.sorted(), empties)
    }

    /// Values under which the template meets these conditions.
    func values(_ text: (String) -> String) -> [String: Any] {
        var values: [String: Any] = truths
        for name in texts { values[name] = empties.contains(name) ? "" : text(name) }
        return values
    }
}
