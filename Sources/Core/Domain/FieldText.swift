/// Validates short texts from cameras and users.
public enum FieldText {
    /// Trims a text and checks its length.
    ///
    /// Throws ``Refusal`` if it is empty, longer than `max` characters, or contains a control character (a line break
    /// could forge a log line).
    public static func required(_ text: String, field: String, max: Int) throws(Refusal) -> String {
        guard let kept = try optional(text, field: field, max: max) else {
            throw .invalid(field, "must not be empty", code: "required")
        }
        return kept
    }

    /// Like ``required(_:field:max:)``, but nil for a missing or blank text.
    public static func optional(
        _ text: String?,
        field: String,
        max: Int,
        allowsLines: Bool = false
    ) throws(Refusal) -> String? {
        guard let text else { return nil }
        let trimmed = trimming(text)
        guard !trimmed.isEmpty else { return nil }
        // A text of few bytes has few characters; counting characters is slow.
        guard
            trimmed.utf8.count <= max
                || (trimmed.unicodeScalars.count <= max * 4 && trimmed.count <= max)
        else {
            throw .invalid(field, "must have at most \(max) characters", code: "too_long")
        }
        if isPrintableASCII(trimmed.utf8.span) { return trimmed }
        for scalar in trimmed.unicodeScalars where isControl(scalar) {
            if allowsLines, scalar == "\n" || scalar == "\r" || scalar == "\t" { continue }
            throw .invalid(
                field,
                "contains a control character (U+\(String(scalar.value, radix: 16, uppercase: true)))",
                code: "control_character"
            )
        }
        return trimmed
    }

    private static func isPrintableASCII(_ text: borrowing Span<UInt8>) -> Bool {
        for index in text.indices where !(0x20..<0x7F).contains(text[index]) { return false }
        return true
    }

    /// Control characters, and bidirectional overrides (they can disguise text).
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// The text without leading and trailing white space.
    public static func trimming(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else {
            return text
        }
        guard isWhitespace(first) || isWhitespace(last) else { return text }
        let scalars = text.unicodeScalars
        guard let start = scalars.firstIndex(where: { !isWhitespace($0) }),
            let end = scalars.lastIndex(where: { !isWhitespace($0) })
        else { return "" }
        return String(text[start...end])
    }

    /// Unicode's `White_Space`, with a fast path for the common scripts.
    private static func isWhitespace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x20: true
        case ..<0x80, 0x0E00...0x0E7F: false
        default: scalar.properties.isWhitespace
        }
    }
}
