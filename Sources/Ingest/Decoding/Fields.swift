import Core

/// The fields of a sender's JSON object, with typed access by name.
///
/// `null` counts as absent. A field of the wrong type is refused by its name.
struct Fields: Sendable {
    private let members: [JSON.Member]

    /// Throws ``Refusal`` if the value is not an object.
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

    /// The fields of an object inside, of each name the last one; nothing if there is none.
    static func members(of object: JSON?) -> [JSON.Member] {
        guard case .object(let members)? = object else { return [] }
        return members.indices.compactMap { index in
            let isLast = !members[(index + 1)...].contains { $0.name == members[index].name }
            return isLast ? members[index] : nil
        }
    }

    /// Whether a field's name satisfies a predicate.
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

    /// Throws ``Refusal`` if the field is missing.
    func requiredText(_ name: String) throws(Refusal) -> String {
        try required(text(name), name)
    }

    /// A string, or an integer as a string: ids come in either form.
    func identifier(_ name: String) throws(Refusal) -> String? {
        switch self[name] {
        case .integer(let whole)?: return String(whole)
        case .number(let number)?:
            // Beyond 2⁵³ different ids would become equal, and a read would be taken for a duplicate.
            guard number.magnitude <= 0x1p53, let whole = Int64(exactly: number) else {
                throw .invalid(
                    name,
                    "must be a string, or an integer of at most 18 digits",
                    code: "wrong_type"
                )
            }
            return String(whole)
        default: return try text(name)
        }
    }

    /// A plate's text; `NaN` means that there is none.
    ///
    /// Throws ``Refusal`` if the field is missing.
    func plateText(_ name: String) throws(Refusal) -> String {
        if case .number(let number)? = self[name], !number.isFinite { return "nan" }
        return try requiredIdentifier(name)
    }

    /// Throws ``Refusal`` if the field is missing.
    func requiredIdentifier(_ name: String) throws(Refusal) -> String {
        try required(identifier(name), name)
    }

    private func required(_ text: String?, _ name: String) throws(Refusal) -> String {
        guard let text else { throw .invalid(name, "is required", code: "required") }
        return text
    }

    /// A number, or a string with one.
    func number(_ name: String) throws(Refusal) -> Double? {
        switch self[name] {
        case nil: return nil
        case .number(let number)?:
            guard number.isFinite else { throw notANumber(name) }
            return number
        case .integer(let number)?: return Double(number)
        case .string(let text)?:
            guard let number = try numberText(name, text) else { return nil }
            guard !number.isPercent else { throw notANumber(name) }
            return number.number
        case let other?: throw wrong(name, other, "a number")
        }
    }

    /// A confidence: a number, or a string with one, optionally with a percent sign.
    func confidence(_ name: String) throws(Refusal) -> Confidence? {
        if case .string(let text)? = self[name] {
            guard let number = try numberText(name, text) else { return nil }
            if number.isPercent { return try Confidence(percent: number.number, field: name) }
            return try Confidence(number.number, field: name)
        }
        guard let number = try number(name) else { return nil }
        return try Confidence(number, field: name)
    }

    private func numberText(_ name: String, _ text: String) throws(Refusal) -> NumberText? {
        if FieldText.trimming(text).isEmpty { return nil }
        guard let number = NumberText(text) else { throw notANumber(name) }
        return number
    }

    /// A boolean; nil if there is none.
    func boolean(_ name: String) throws(Refusal) -> Bool? {
        switch self[name] {
        case nil: return nil
        case .bool(let value)?: return value
        case let other?: throw wrong(name, other, "true or false")
        }
    }

    private func notANumber(_ name: String) -> Refusal {
        .invalid(name, "must be a number", code: "not_a_number")
    }

    func wholeNumber(_ name: String) throws(Refusal) -> Int? {
        guard let number = try number(name) else { return nil }
        guard let whole = Int(exactly: number) else {
            throw .invalid(name, "must be an integer", code: "not_a_number")
        }
        return whole
    }

    /// An instant in one of the formats of ``CameraTime``.
    func instant(_ name: String, _ clock: CameraTime) throws(Refusal) -> Timestamp? {
        let instant: Timestamp?
        switch self[name] {
        case nil: return nil
        case .string(let text)?:
            if text.allSatisfy({ $0 == " " }) { return nil }
            instant = clock.instant(of: text)
        case .integer(let number)?: instant = clock.instant(of: Double(number))
        case .number(let number)?: instant = clock.instant(of: number)
        case let other?: throw wrong(name, other, "a time")
        }
        guard let instant else {
            throw .invalid(
                name,
                "must be a time like 2026-01-31T08:15:00+07:00 that exists, or seconds since 1970",
                code: "not_a_time"
            )
        }
        return instant
    }

    /// An array, or a string that holds one as JSON.
    func array(_ name: String, limits: Limits) throws(Refusal) -> [JSON]? {
        switch self[name] {
        case nil: return nil
        case .array(let elements)?: return elements
        case .string(let text)?:
            switch try Fields.inner(text, name, limits: limits) {
            case .array(let elements)?: return elements
            case nil, .null?: return nil
            case let other?: throw wrong(name, other, "an array")
            }
        case let other?: throw wrong(name, other, "an array")
        }
    }

    /// An object, or a string that holds one as JSON.
    func object(_ name: String, limits: Limits) throws(Refusal) -> JSON? {
        var value = self[name]
        if case .string(let text)? = value {
            value = try Fields.inner(text, name, limits: limits)
        }
        switch value {
        case nil, .null?: return nil
        case .object?: return value
        case let other?: throw wrong(name, other, "an object")
        }
    }

    /// The JSON in a string; nil if it is empty.
    func inner(_ name: String, limits: Limits) throws(Refusal) -> JSON? {
        guard let text = try text(name) else { return nil }
        return try Fields.inner(text, name, limits: limits)
    }

    /// JSON in a string, because the edge sends columns of its database verbatim; nil if it is empty.
    private static func inner(
        _ text: String,
        _ name: String,
        limits: Limits
    ) throws(Refusal) -> JSON? {
        let text = FieldText.trimming(text)
        guard !text.isEmpty else { return nil }
        do throws(Refusal) {
            return try JSONParser.parse(
                Array(text.utf8),
                depthMax: limits.jsonDepthMax,
                valuesMax: limits.messageValuesMax,
                takesNonFinite: true
            )
        } catch {
            throw .invalid(
                name,
                "is a string that does not hold JSON: \(error.message)",
                code: "not_json"
            )
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
        let bytes = Base64.decode(base64.utf8)
        if bytes.map({ Base64.holdsBlanks(base64.utf8, bytes: $0.count) }) ?? true,
            let picture = pictureOfForm(base64, name, limits: limits)
        {
            return picture
        }
        guard let bytes else {
            throw .invalid(name, "is not valid base64", code: "not_base64")
        }
        return try Picture(bytes, field: name, limits: limits)
    }

    /// The picture of a text in which spaces are `+`; nil if it is not a complete picture.
    private static func pictureOfForm(
        _ base64: Substring,
        _ name: String,
        limits: Limits
    ) -> Picture? {
        var inner = base64
        while inner.last?.isWhitespace ?? false { inner.removeLast() }
        while inner.first?.isWhitespace ?? false { inner.removeFirst() }
        guard inner.utf8.contains(0x20),
            let bytes = Base64.decode(inner.utf8, spaces: .pluses),
            let picture = try? Picture(bytes, field: name, limits: limits), picture.damage == nil
        else { return nil }
        return picture
    }

    private func wrong(_ name: String, _ value: JSON, _ expected: String) -> Refusal {
        .invalid(name, "must be \(expected), not \(value.kindName)", code: "wrong_type")
    }
}
