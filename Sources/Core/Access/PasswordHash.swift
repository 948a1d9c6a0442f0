internal import Crypto
internal import CryptoExtras
internal import Foundation

/// The scrypt digest of a password (RFC 7914), as it is stored.
///
/// The parameters are those that OWASP's Password Storage Cheat Sheet lists for 16 MiB (N = 2^14, r = 8, p = 5), and
/// they are part of the text, so that later versions may choose others. A digest takes about a fifth of a second and
/// 16 MiB: only ``PasswordHasher`` computes one while the service runs.
///
/// SAFETY: `unsafe` copies the bytes of a derived key, which swift-crypto gives out by pointer only, inside the call.
public struct PasswordHash: Sendable, Equatable {
    /// Bytes of a password that is hashed at all; a longer one matches nothing.
    static let passwordBytesMax = 1_024

    private let cost: Cost
    private let salt: [UInt8]
    private let key: [UInt8]

    /// The digest of a new password, with a random salt.
    ///
    /// It does not check the password: that is ``PasswordRule``'s.
    public init(of password: String) {
        cost = .standard
        salt = Self.randomBytes(16)
        let derived = Self.derive(password, salt: salt, cost: cost, count: 32)
        key = unsafe derived.withUnsafeBytes { unsafe Array($0) }
    }

    /// The digest that a stored text describes; nil if ``text`` could not have written it, or if its parameters cost
    /// more than 32 MiB or eight times the time of ours.
    public init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard text.utf8.count <= 256, parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let cost = Cost(text: parts[2]), let salt = Self.bytes(parts[3]),
            let key = Self.bytes(parts[4]), (8...64).contains(salt.count),
            (16...64).contains(key.count)
        else { return nil }
        self.cost = cost
        self.salt = salt
        self.key = key
        // One spelling only: no leading zeros, no stray bits at the end of the base64.
        guard self.text == text else { return nil }
    }

    /// A digest that no password has, of the cost of a new one.
    private init(random count: Int) {
        cost = .standard
        salt = Self.randomBytes(16)
        key = Self.randomBytes(count)
    }

    /// Stands for the digest of an unknown name: checking it takes as long as checking a person's.
    public static let ofNobody = PasswordHash(random: 32)

    /// `$scrypt$ln=14,r=8,p=5$salt$key`, with base64 without padding (the PHC string format).
    public var text: String {
        "$scrypt$\(cost.text)$\(Self.text(salt))$\(Self.text(key))"
    }

    /// Whether this is the digest of a password.
    ///
    /// The comparison takes the same time wherever the keys differ.
    public func matches(_ password: String) -> Bool {
        guard password.utf8.count <= Self.passwordBytesMax else { return false }
        return Self.derive(password, salt: salt, cost: cost, count: key.count)
            == SymmetricKey(data: key)
    }

    /// The form of a password that is hashed: the same for all ways in which the same characters are typed.
    ///
    /// NFKC, as NIST SP 800-63B-4 §3.1.1.2 recommends, after Thai marks were put in one order: keyboards differ in
    /// whether a tone mark is typed before or after a vowel, and SARA AM may arrive as NIKHAHIT and SARA AA, all of
    /// which Unicode's normal forms keep distinct. Changing this makes stored passwords fail.
    static func normalized(_ password: String) -> String {
        String(ThaiText.arranged(password.unicodeScalars)).precomposedStringWithCompatibilityMapping
    }

    private static func derive(
        _ password: String,
        salt: [UInt8],
        cost: Cost,
        count: Int
    ) -> SymmetricKey {
        var bytes = Array(normalized(password).utf8)
        // swift-crypto needs an address; HMAC pads its key with zeros, so the key is that of the empty password.
        if bytes.isEmpty { bytes = [0] }
        let key = try? KDF.Scrypt.deriveKey(
            from: bytes,
            salt: salt,
            outputByteCount: count,
            rounds: 1 << cost.logN,
            blockSize: cost.r,
            parallelism: cost.p
        )
        // The parameters are within bounds: only a failed allocation is left, at which Swift itself stops, too.
        guard let key else { preconditionFailure("out of memory for scrypt") }
        return key
    }

    private static func randomBytes(_ count: Int) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<count).map { _ in random.next() }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let padded = Data(bytes).base64EncodedString()
        return String(padded.prefix { $0 != "=" })
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map(Array.init)
    }
}

extension PasswordHash {
    /// The parameters of scrypt: N = 2^`logN`, block size `r`, parallelism `p`.
    private struct Cost: Sendable, Equatable {
        let logN: Int
        let r: Int
        let p: Int

        static let standard = Cost(logN: 14, r: 8, p: 5)

        init(logN: Int, r: Int, p: Int) {
            self.logN = logN
            self.r = r
            self.p = p
        }

        /// Parses `ln=14,r=8,p=5`; nil if it is malformed or too expensive.
        init?(text: Substring) {
            guard let match = text.wholeMatch(of: #/ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})/#),
                let logN = Int(match.1), let r = Int(match.2), let p = Int(match.3),
                (10...15).contains(logN), (1...8).contains(r), (1...20).contains(p)
            else { return nil }
            self.init(logN: logN, r: r, p: p)
        }

        var text: String { "ln=\(logN),r=\(r),p=\(p)" }
    }
}
