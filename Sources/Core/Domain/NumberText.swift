/// A number given as text.
///
/// Surrounding blanks, a percent sign after it, and Thai or full-width digits are accepted. Nothing else is: `0x10`,
/// `NaN` and `1_000` are not numbers.
public struct NumberText: Sendable, Equatable {
    /// The number; always finite.
    public let number: Double
    /// Whether a percent sign follows.
    public let isPercent: Bool

    /// Longer than any number.
    private static let scalarsMax = 64

    /// Nil if the text is not a number.
    public init?(_ text: String) {
        let trimmed = FieldText.trimming(text)
        guard trimmed.utf8.count <= NumberText.scalarsMax * 4 else { return nil }
        var digits = ""
        var isPercent = false
        for scalar in trimmed.unicodeScalars {
            if isPercent { return nil }
            switch scalar {
            case "0"..."9", ".", "+", "-", "e", "E": digits.unicodeScalars.append(scalar)
            case "๐"..."๙": digits += NumberText.digit(scalar, from: "๐")
            case "０"..."９": digits += NumberText.digit(scalar, from: "０")
            case "．": digits += "."
            case "−", "－": digits += "-"
            case "%", "％": isPercent = true
            case " ", "\u{A0}":
                // A blank is allowed only before a percent sign.
                guard trimmed.unicodeScalars.last == "%" || trimmed.unicodeScalars.last == "％"
                else { return nil }
                digits += " "
            default: return nil
            }
        }
        guard let number = Double(digits.trimmingBlanksAtEnd), number.isFinite else { return nil }
        self.number = number
        self.isPercent = isPercent
    }

    private static func digit(_ scalar: Unicode.Scalar, from zero: Unicode.Scalar) -> String {
        String(scalar.value - zero.value)
    }
}

extension String {
    fileprivate var trimmingBlanksAtEnd: Substring {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return text
    }
}
