/// A number plate: its text as read, and the normalized number that identifies it.
public struct Plate: Sendable, Hashable {
    /// The text as it was sent, trimmed, composed (NFC), without zero-width characters.
    public let text: String
    /// The number without the province, normalized by ``PlateText/normalized(_:)``; compared.
    public let number: String
    /// The province, if one of the 78 follows the number.
    public let province: Province?

    /// A plate from a camera's or a user's text.
    ///
    /// Throws ``Refusal`` if the text is empty, longer than the limit (in user-perceived characters), or contains a
    /// character that no plate has. `field` is the sender's name of it, for the refusal.
    public init(_ text: String, field: String = "plate_number", limits: Limits) throws(Refusal) {
        let tidy = PlateText.tidied(text)
        guard !tidy.isEmpty else { throw .invalid(field, "must not be empty", code: "required") }
        // A text of few bytes has few characters; counting characters is slow.
        guard
            tidy.utf8.count <= limits.plateCharactersMax
                || (tidy.count <= limits.plateCharactersMax
                    // Combining marks do not count as characters, but are bounded, too.
                    && tidy.unicodeScalars.count <= limits.plateCharactersMax * 4)
        else {
            throw .invalid(
                field,
                "must have at most \(limits.plateCharactersMax) characters",
                code: "too_long"
            )
        }
        for scalar in tidy.unicodeScalars where !PlateText.isPermitted(scalar) {
            throw .invalid(
                field,
                "contains a character that no plate has (U+\(String(scalar.value, radix: 16, uppercase: true)));"
                    + " letters, digits, spaces, hyphens, “.”, “/” and “·” are allowed",
                code: "bad_character"
            )
        }
        let (number, province) = PlateText.split(PlateText.normalized(tidy))
        guard !number.isEmpty else {
            throw .invalid(
                field,
                "must hold at least one letter or digit",
                code: "no_letter_or_digit"
            )
        }
        self.text = tidy
        self.number = number
        self.province = province
    }

    /// A plate from its stored columns.
    init(text: String, number: String, province: Province?) {
        self.text = text
        self.number = number
        self.province = province
    }
}
