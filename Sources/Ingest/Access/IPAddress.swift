/// An IPv4 or IPv6 address; an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) is IPv4.
public struct IPAddress: Sendable, Hashable {
    /// The sixteen bytes, IPv4 as `::ffff:a.b.c.d`, in two halves.
    private let high: UInt64
    private let low: UInt64

    /// The address in the halves of its sixteen bytes.
    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An IPv4 address.
    init(v4 address: UInt32) {
        self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(address))
    }

    /// 127.0.0.1.
    public static let loopback = IPAddress(v4: 0x7F00_0001)

    /// Whether this is IPv4.
    public var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// Whether it is a loopback address: 127.0.0.0/8 (RFC 1122 §3.2.1.3) or ::1 (RFC 4291 §2.5.3).
    public var isLoopback: Bool {
        isV4 ? (low >> 24) & 0xFF == 127 : high == 0 && low == 1
    }

    /// Whether it is 0.0.0.0 or ::, which no sender has; it represents an unknown one.
    var isUnspecified: Bool { (isV4 ? low & 0xFFFF_FFFF : high | low) == 0 }

    /// The address with its first `bits` bits of 128 kept and the others 0.
    func prefix(_ bits: Int) -> IPAddress {
        // A shift by 64 or more clears either half.
        IPAddress(high: high & ~(UInt64.max >> bits), low: low & ~(UInt64.max >> max(0, bits - 64)))
    }

    /// Parses the usual spellings; nil for anything else.
    ///
    /// No zones, no brackets, no ports.
    public init?(_ text: some StringProtocol) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard let groups = Self.groups(text) else { return nil }
            self.init(
                high: groups[0..<4].reduce(0) { $0 << 16 | UInt64($1) },
                low: groups[4..<8].reduce(0) { $0 << 16 | UInt64($1) }
            )
        } else {
            guard let address = Self.v4(text) else { return nil }
            self.init(v4: address)
        }
    }

    private static func v4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            // A leading zero is octal to some parsers and decimal to others.
            guard part.utf8.count == 1 || !part.hasPrefix("0"),
                part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let byte = UInt8(part)
            else { return nil }
            address = address << 8 | UInt32(byte)
        }
        return address
    }

    /// The eight groups of an IPv6 address (RFC 4291 §2.2).
    private static func groups(_ text: some StringProtocol) -> [UInt16]? {
        var text = String(text)
        guard text.utf8.count <= 45 else { return nil }
        if text.contains(".") {
            guard let colon = text.lastIndex(of: ":"),
                let tail = v4(text[text.index(after: colon)...])
            else { return nil }
            let (head, last) = (String(tail >> 16, radix: 16), String(tail & 0xFFFF, radix: 16))
            text = "\(text[...colon])\(head):\(last)"
        }
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        if halves.count == 1 {
            guard let groups = list(halves[0]), groups.count == 8 else { return nil }
            return groups
        }
        guard halves.count == 2, let before = list(halves[0]), let after = list(halves[1]),
            before.count + after.count < 8
        else { return nil }
        return before + Array(repeating: 0, count: 8 - before.count - after.count) + after
    }

    private static func list(_ text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        for part in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit),
                let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }
}

extension IPAddress: CustomStringConvertible {
    /// The usual spelling; IPv6 without compression of zeros, which suffices for a log.
    public var description: String {
        guard isV4 else {
            let groups = [high, low].flatMap { half in
                [48, 32, 16, 0].map { String((half >> UInt64($0)) & 0xFFFF, radix: 16) }
            }
            return isLoopback ? "::1" : groups.joined(separator: ":")
        }
        return [24, 16, 8, 0].map { String((low >> UInt64($0)) & 0xFF) }.joined(separator: ".")
    }
}
