/// A network: the addresses that share a prefix, in the syntax of `CAMERA_NETWORKS`: `10.20.0.0/16`, `fd00:20::/32`.
///
/// An IPv4 network contains IPv4 addresses in either spelling (RFC 4291 §2.5.5.2); an IPv6 network contains none of
/// them: `::/8` must not admit every IPv4 address.
public struct Network: Sendable, Hashable {
    /// The maximum number of networks in a list: each request of a camera may test all of them.
    private static let countMax = 64

    private let address: IPAddress
    /// The length of the prefix in the sixteen bytes: 96 and more for IPv4.
    private let bits: Int

    /// Parses `address/bits`; an address alone is a network of one.
    ///
    /// Throws ``NetworkError`` for anything else, and if the address has bits beyond the prefix: `10.20.0.1/16` may
    /// be meant as one camera or as a network.
    public init(_ text: String) throws(NetworkError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(parts[0]) else { throw .notANetwork(text) }
        // `::ffff:10.20.0.0/112` counts its bits like IPv6.
        let offset = address.isV4 && !parts[0].contains(":") ? 96 : 0
        var bits = 128
        if parts.count == 2 {
            let digits = parts[1]
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), digits.utf8.count <= 3,
                digits == "0" || !digits.hasPrefix("0"), let number = Int(digits),
                number + offset <= 128
            else { throw .notANetwork(text) }
            bits = number + offset
        }
        guard bits > (address.isV4 ? 96 : 0) else { throw .emptyPrefix(text) }
        let first = address.prefix(bits)
        guard first == address else {
            throw .bitsBeyondPrefix(text, meant: "\(first)/\(bits - (address.isV4 ? 96 : 0))")
        }
        self.address = address
        self.bits = bits
    }

    /// Parses a list of networks separated by commas or blanks; an empty text is an empty list.
    ///
    /// Throws ``NetworkError`` for the first invalid one.
    public static func list(_ text: String) throws(NetworkError) -> [Network] {
        let parts = text.split { $0 == "," || $0.isWhitespace }
        guard parts.count <= countMax else { throw .tooMany(parts.count, countMax) }
        var networks: [Network] = []
        for part in parts { networks.append(try Network(String(part))) }
        return networks
    }

    /// Whether it contains an address.
    public func contains(_ address: IPAddress) -> Bool {
        address.isV4 == self.address.isV4 && !address.isUnspecified
            && address.prefix(bits) == self.address
    }
}

extension Network: CustomStringConvertible {
    /// The usual spelling.
    public var description: String { "\(address)/\(bits - (address.isV4 ? 96 : 0))" }
}

/// Why a text is not a network.
public enum NetworkError: Error, Sendable, Equatable {
    /// Neither an address nor an address with a prefix.
    case notANetwork(String)
    /// The prefix is empty: it would contain every address.
    case emptyPrefix(String)
    /// The address has bits beyond the prefix.
    case bitsBeyondPrefix(String, meant: String)
    /// The list is too long.
    case tooMany(Int, Int)
}

extension NetworkError: CustomStringConvertible {
    /// The error and the correct form, without a full stop.
    public var description: String {
        switch self {
        case .notANetwork(let text):
            "“\(text)” is not a network; write an address and a prefix, like 10.20.0.0/16 or fd00:20::/32"
        case .emptyPrefix(let text):
            "“\(text)” covers every address; name the networks that the cameras are in"
        case .bitsBeyondPrefix(let text, let meant):
            "“\(text)” is one address with a network's prefix; write \(meant) for the network, "
                + "or leave the prefix out for the one address"
        case .tooMany(let count, let most):
            "\(count) networks are too many; at most \(most) are allowed"
        }
    }
}
