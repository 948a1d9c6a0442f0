import Core

/// A JSON object as a sender wrote it, asked for its fields one by one.
///
/// `null` counts as absent. A field of the wrong type is refused by its name.
struct Fields {
    private let members: [JSON.Member]

    /// Throws ``Refusal`` where the value is no object.
    init(_ json: JSON) throws(Refusal) {
        guard case .object(let members) = json else {
            throw Refusal(.invalid, "the body must be a JSON object, not \(json.kindName)")
        }
        self.members = members
    }

    subscript(name: String) -> JSON? {
        // Of equal names the last one counts.
        for index in members.indices.reversed() where members[index].name == name {
            if case .null = members[index].value { return nil }
            return members[index].value
        }
        return nil
    }

    /// Whether there is a field whose name a predicate admits.
    func hasField(_ isWanted: (String) -> Bool) -> Bool {
        for index in members.indices where isWanted(members[index].name) { return true }
        return false
    }

    func text(_ name: String) throws(Refusal) -> String? {
        switch self[name] {
        case nil: return nil
        case .string(let text)?: return text
        case let other?: throw wrong(name, other, "text")
        }
    }

    /// Throws ``Refusal`` where the field is missing.
    func requiredText(_ name: String) throws(Refusal) -> String {
        guard let text = try text(name) else { throw .invalid(name, "is required") }
        return text
    }

    /// Text, or a whole number taken as text: ids are written either way.
    func identifier(_ name: String) throws(Refusal) -> String? {
        switch self[name] {
        case .large(let whole)?: return String(whole)
        case .number(let number)?:
            // Beyond 2⁵³ different ids would become the same, and a read would pass for one sent again.
            guard number.magnitude <= 0x1p53, let whole = Int64(exactly: number) else {
                throw .invalid(name, "must be text, or a whole number of at most 18 digits")
            }
            return String(whole)
        default: return try text(name)
        }
    }

    /// A number, or text that says one.
    func number(_ name: String) throws(Refusal) -> Double? {
        switch self[name] {
        case nil: return nil
        case .number(let number)?: return number
        case .large(let number)?: return Double(number)
        case .string(let text)?:
            if text.isEmpty { return nil }
            guard let number = Double(text), number.isFinite else {
                throw .invalid(name, "must be a number")
            }
            return number
        case let other?: throw wrong(name, other, "a number")
        }
    }

    func wholeNumber(_ name: String) throws(Refusal) -> Int? {
        guard let number = try number(name) else { return nil }
        guard let whole = Int(exactly: number) else {
            throw .invalid(name, "must be a whole number")
        }
        return whole
    }

    /// An instant in one of the forms of ``CameraTime``.
    func instant(_ name: String, _ clock: CameraTime) throws(Refusal) -> Timestamp? {
        let instant: Timestamp?
        switch self[name] {
        case nil: return nil
        case .string(let text)?:
            if text.allSatisfy({ $0 == " " }) { return nil }
            instant = clock.instant(of: text)
        case .large(let number)?: instant = clock.instant(of: Double(number))
        case .number(let number)?: instant = clock.instant(of: number)
        case let other?: throw wrong(name, other, "a time")
        }
        guard let instant else {
            throw .invalid(
                name,
                "must be a time like 2026-01-31T08:15:00+07:00 that exists, or seconds since 1970"
            )
        }
        return instant
    }

    func array(_ name: String) throws(Refusal) -> [JSON]? {
        switch self[name] {
        case nil: return nil
        case .array(let elements)?: return elements
        case let other?: throw wrong(name, other, "an array")
        }
    }

    /// A picture in base64, with or without a `data:` prefix.
    func picture(_ name: String, limits: Limits) throws(Refusal) -> Picture? {
        guard let text = try text(name), !text.isEmpty else { return nil }
        return try Fields.picture(text, name, limits: limits)
    }

    static func picture(_ text: String, _ name: String, limits: Limits) throws(Refusal) -> Picture {
        var base64 = text[...]
        if text.hasPrefix("data:"), let comma = text.prefix(200).firstIndex(of: ",") {
            base64 = text[text.index(after: comma)...]
        }
        guard let bytes = Base64.decode(base64.utf8) else {
            throw .invalid(name, "is not valid base64")
        }
        return try Picture(bytes, field: name, limits: limits)
    }

    private func wrong(_ name: String, _ value: JSON, _ expected: String) -> Refusal {
        .invalid(name, "must be \(expected), not \(value.kindName)")
    }
}
