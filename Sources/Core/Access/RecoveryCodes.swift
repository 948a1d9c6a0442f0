internal import Crypto

/// What a person signs in with, once each, when the device with the second factor is lost.
public enum RecoveryCodes {
    /// Ten codes of 79 random bits each: too many to be found from their digests.
    public static func make() -> [String] {
        (0..<10).map { _ in ReadableCode.make(groups: 4) }
    }

    /// The SHA-256 of a code as it is stored; blanks, hyphens and upper case make no difference.
    public static func digest(of code: String) -> [UInt8] {
        let typed = code.lowercased().unicodeScalars.filter { scalar in
            !scalar.properties.isWhitespace && scalar.properties.generalCategory != .dashPunctuation
        }
        return Array(SHA256.hash(data: Array(String(String.UnicodeScalarView(typed)).utf8)))
    }
}
