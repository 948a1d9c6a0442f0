internal import Crypto

/// 64 bits of a text's digest that a client without the seed cannot choose.
enum KeyedDigest {
    /// Bytes of a text that count: names are shorter, and a client may send anything.
    private static let bytesMax = 512

    static func of(_ text: String, seed: UInt64) -> UInt64 {
        var sha = SHA256()
        sha.update(data: Array("\(seed)/".utf8))
        sha.update(data: Array(text.utf8.prefix(bytesMax)))
        return sha.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// The addresses that one client can easily have: an IPv4 address, or a /64 of IPv6 (RFC 6177).
enum AddressBlock {
    /// The block's name: the first four groups of an IPv6 address; any other text is unchanged.
    static func of(_ address: String) -> String {
        guard address.contains(":"), !address.contains(".") else { return address }
        let halves = address.split(separator: "::", omittingEmptySubsequences: false)
        let parts = halves.map { $0.split(separator: ":").map { UInt16($0, radix: 16) } }
        let missing = max(0, 8 - parts.joined().count)
        var groups = parts[0]
        if parts.count == 2 { groups += Array(repeating: 0, count: missing) + parts[1] }
        let block = groups.prefix(4).compactMap(\.self)
        guard block.count == 4 else { return address }
        return block.map { String($0, radix: 16) }.joined(separator: ":")
    }
}
