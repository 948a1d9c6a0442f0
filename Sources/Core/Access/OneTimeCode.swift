internal import Crypto
internal import Foundation

/// Codes that an authenticator app shows, six digits for 30 seconds each (TOTP, RFC 6238, with SHA-1).
///
/// Those are the parameters that every app knows; some ignore others that a link names.
public struct OneTimeCode: Sendable, Equatable {
    private static let stepMilliseconds: Int64 = 30_000
    private static let digits = 6

    private let secret: [UInt8]

    /// The codes of a secret.
    public init(secret: [UInt8]) { self.secret = secret }

    /// 160 random bits, the length that RFC 4226 §4 recommends.
    public static func makeSecret() -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<20).map { _ in random.next() }
    }

    /// The secret in base32 (RFC 4648 §6) without padding, as a person types it into an app.
    public var base32: String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var text = ""
        var (bits, count) = (UInt32(0), 0)
        for byte in secret {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5 {
                count -= 5
                text.append(alphabet[Int(bits >> UInt32(count) & 31)])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt32(5 - count) & 31)]) }
        return text
    }

    /// The link that opens an authenticator app on the same device (the `otpauth` key format).
    public func uri(name: String, site: String) -> String {
        let (name, site) = (Self.percentEncoded(name), Self.percentEncoded(site))
        let step = Self.stepMilliseconds / 1_000
        return "otpauth://totp/\(site):\(name)?secret=\(base32)&issuer=\(site)"
            + "&algorithm=SHA1&digits=\(Self.digits)&period=\(step)"
    }

    /// The step of 30 seconds that a typed code belongs to; nil if it is wrong, or not later than `lastStep`.
    ///
    /// The step before and after the present one are accepted, for clocks that are half a minute off. The caller keeps
    /// the step as the person's last one: no code is good twice (RFC 6238 §5.2). Blanks are ignored, and digits may be
    /// Thai.
    public func step(of code: String, at now: Timestamp, after lastStep: Int64) -> Int64? {
        guard code.utf8.count <= 64 else { return nil }
        let typed = code.filter { !$0.isWhitespace }
        let digits = typed.compactMap(\.wholeNumberValue).filter { $0 < 10 }
        guard digits.count == Self.digits, typed.count == Self.digits else { return nil }
        let number = digits.reduce(0) { $0 * 10 + UInt32($1) }
        let present = now.milliseconds / Self.stepMilliseconds
        var found: Int64?
        // All three are computed, whichever is right: the time tells nothing.
        for step in [present - 1, present, present + 1] {
            let isRight = self.number(at: step) ^ number == 0
            if isRight, step > lastStep, found == nil { found = step }
        }
        return found
    }

    /// The code of a step as a number (RFC 4226 §5.3).
    func number(at step: Int64) -> UInt32 {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * Int64($0))) }
        let key = SymmetricKey(data: secret)
        let digest = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: key))
        let offset = Int(digest[19] & 15)
        let word = digest[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return (word & 0x7FFF_FFFF) % 1_000_000
    }

    /// A text with everything but RFC 3986's unreserved characters as `%XX`.
    private static func percentEncoded(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        )
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}
