internal import Foundation

/// A person who may sign in.
public struct Person: Sendable, Equatable {
    /// The permanent id, never used again.
    public let id: Int64
    /// The name, by which the person signs in.
    public let name: String
    /// The role.
    public let role: Role
    /// Whether the person may sign in at present.
    public let isEnabled: Bool
    /// The password's hash (``PasswordHash``), as text.
    public let password: String
    /// Whether the password was chosen by another person, and must be changed before anything else is done.
    public let mustChangePassword: Bool
    /// The secret of the second factor (RFC 6238); nil if it is off.
    public let secondFactor: [UInt8]?
    /// The last step of the second factor that was used: none is accepted twice.
    public let secondFactorStep: Int64
    /// When the person was added.
    public let createdAt: Timestamp
    /// When the person last signed in; nil if never.
    public let lastSignInAt: Timestamp?

    /// Its id among all principals: in the audit and for clients.
    public var principalID: String { "person:\(id)" }
}

extension Refusal {
    /// A name that no person has.
    public static let noSuchPerson = Refusal(
        .notFound,
        "there is no person of that name",
        field: "name"
    )
}

/// A name of a person or a token, valid by construction.
public struct CredentialName: Sendable, Equatable {
    /// The name as given, in NFC, without blanks at its ends.
    public let text: String
    /// What two names must not share: letters in lower case, compatible forms as one.
    public let key: String

    /// The maximum length in characters.
    static let charactersMax = 64

    /// Checks a name: 1 to 64 letters, digits, marks and `. _ - @`, also Thai ones; a blank may stand inside.
    ///
    /// One of them is a letter or a digit: `..` could not be a segment of a path.
    /// Throws ``Refusal`` with the code `bad_name`.
    public init(_ text: String) throws(Refusal) {
        guard text.utf8.count <= 4 * Self.charactersMax, let bare = Self.trimmed(text),
            bare.unicodeScalars.allSatisfy(Self.isAllowed), bare.count <= Self.charactersMax,
            bare.contains(where: { $0.isLetter || $0.isNumber })
        else {
            throw .invalid(
                "name",
                "must be 1 to \(Self.charactersMax) letters and digits; blanks and . _ - @ may stand between them",
                code: "bad_name"
            )
        }
        self.text = bare
        key = bare.lowercased().decomposedStringWithCompatibilityMapping
    }

    private static func trimmed(_ text: String) -> String? {
        let bare = text.precomposedStringWithCanonicalMapping
            .trimmingCharacters(in: .whitespaces)
        return bare.isEmpty ? nil : bare
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .modifierLetter,
            .nonspacingMark, .spacingMark, .decimalNumber:
            return true
        default: return " ._-@".unicodeScalars.contains(scalar)
        }
    }
}
