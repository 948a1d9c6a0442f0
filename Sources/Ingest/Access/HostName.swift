/// A host and port in the form of `Host` and `Origin` (RFC 3986 §3.2).
struct HostName: Sendable, Hashable {
    /// Lower case, without brackets and without a trailing dot.
    let host: String
    /// The port, if given.
    let port: Int?

    /// Parses `host`, `host:port` or `[address]:port`; nil for anything else.
    init?(_ text: some StringProtocol) {
        let text = text.lowercased()
        var host: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[..<end].dropFirst()
            guard IPAddress(host) != nil else { return nil }
            rest = text[text.index(after: end)...]
        } else {
            host = text.prefix { $0 != ":" }
            rest = text.dropFirst(host.count)
        }
        if rest.isEmpty {
            port = nil
        } else {
            guard rest.hasPrefix(":"), let number = UInt16(rest.dropFirst()) else { return nil }
            port = Int(number)
        }
        if host.hasSuffix(".") { host = host.dropLast() }
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.host = String(host)
    }

    /// The bytes of a registered name or address.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"): true
        default: false
        }
    }
}
