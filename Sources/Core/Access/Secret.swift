internal import Crypto

/// A random secret that admits its holder: a token's, or a session's in a cookie.
///
/// Only its digest is stored. 256 random bits need no salt and no slow hash: they cannot be guessed.
public struct Secret: Sendable {
    /// What a secret is for; its prefix lets scanners of source code and logs find it.
    public enum Kind: String, Sendable, CaseIterable {
        /// A camera's or a program's.
        case token = "lpr_"
        /// A signed-in person's.
        case session = "lps_"
    }

    /// The SHA-256 of a secret's text.
    public struct Digest: Sendable, Hashable {
        /// Its 32 bytes.
        public let bytes: [UInt8]

        /// A digest that was stored; nil if it is none.
        public init?(bytes: [UInt8]) {
            guard bytes.count == 32 else { return nil }
            self.bytes = bytes
        }

        fileprivate init(of text: some StringProtocol) {
            bytes = Array(SHA256.hash(data: Array(text.utf8)))
        }

        /// Its first 8 bytes in hexadecimal.
        var shortText: String {
            bytes.prefix(8).hexadecimal
        }
    }

    /// The number of characters after the prefix: 256 bits in base64url (RFC 4648 §5).
    static let characters = 43

    /// What it is for.
    public let kind: Kind
    /// The text that its holder shows.
    public let text: String
    /// The digest that is stored.
    public let digest: Digest

    /// Makes a new secret from the system's random numbers.
    public init(_ kind: Kind) {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let letters = (0..<Self.characters).map { _ in
            alphabet[Int.random(in: 0..<64, using: &random)]
        }
        self.kind = kind
        text = kind.rawValue + String(letters)
        digest = Digest(of: text)
    }

    /// Reads a secret that was shown; nil unless it has the form of one.
    public init?(_ text: some StringProtocol, _ kind: Kind) {
        guard text.utf8.count == kind.rawValue.utf8.count + Self.characters,
            text.hasPrefix(kind.rawValue), text.utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        self.kind = kind
        self.text = String(text)
        digest = Digest(of: text)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
