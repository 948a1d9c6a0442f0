internal import Foundation

/// Which passwords a person may choose.
///
/// Length and what guessing programs try first, no rules about kinds of characters (NIST SP 800-63B-4 §3.1.1.2).
public enum PasswordRule {
    /// Characters, as a reader counts them: a Thai consonant with its marks is one.
    static let characters = 12...128
    /// Fewer pieces than this are few guesses (``WeakPieces/count(in:name:)``).
    static let piecesMin = 6

    /// Checks a new password of a person.
    ///
    /// Throws ``Refusal`` with the code `password_too_short`, `password_too_long`, `password_common` or
    /// `control_character`.
    public static func check(
        _ password: String,
        name: String,
        field: String = "password"
    ) throws(Refusal) {
        let isLong = password.utf8.count > PasswordHash.passwordBytesMax
        guard !isLong, password.count <= characters.upperBound else {
            throw .invalid(
                field,
                "must have at most \(characters.upperBound) characters",
                code: "password_too_long"
            )
        }
        guard password.count >= characters.lowerBound else {
            throw .invalid(
                field,
                "must have at least \(characters.lowerBound) characters",
                code: "password_too_short"
            )
        }
        guard !password.unicodeScalars.contains(where: FieldText.isControl) else {
            throw .invalid(field, "contains a control character", code: "control_character")
        }
        guard WeakPieces.count(in: password, name: name) >= piecesMin else {
            throw .invalid(
                field,
                "is easy to guess; use several unrelated words",
                code: "password_common"
            )
        }
    }
}
