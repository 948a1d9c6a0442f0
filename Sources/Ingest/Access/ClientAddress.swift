/// The source of a request: the peer of the socket, and the addresses that a proxy on this machine reports.
public struct ClientAddress: Sendable, Equatable {
    /// The other end of the socket.
    public let peer: IPAddress
    /// The addresses that the proxy reported, in order; nil for a value that is not an address.
    public let reported: [IPAddress?]
    /// Those of `X-Forwarded-For`, to whose end each proxy adds its own client.
    private let chain: [IPAddress?]
    /// The user of a process at the Unix socket; nil for a client of a network address.
    let user: LocalUser?

    /// Makes an address from its parts.
    public init(peer: IPAddress, reported: [IPAddress?] = []) {
        self.peer = peer
        self.reported = reported
        chain = []
        user = nil
    }

    /// A process at the Unix socket; nothing that it says in headers matters.
    init(user: LocalUser) {
        peer = .loopback
        reported = []
        chain = []
        self.user = user
    }

    /// A client on this machine.
    public static let loopback = ClientAddress(peer: .loopback)

    /// The headers in which proxies name their client, each an address or a list.
    private static let reportingHeaders = [
        "X-Real-IP", "X-Forwarded-For", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP",
        "CF-Connecting-IP", "Fastly-Client-IP", "X-Original-Forwarded-For",
    ]

    private static let allHeaders = reportingHeaders + ["Forwarded"]

    /// Collects the peer and the addresses in the headers (those of ``reportingHeaders`` and RFC 7239's `Forwarded`),
    /// from every line of each.
    ///
    /// Only a peer on this machine is trusted.
    init(peer: IPAddress, headers: Headers) {
        self.peer = peer
        user = nil
        guard peer.isLoopback else {
            (reported, chain) = ([], [])
            return
        }
        chain = headers.all("X-Forwarded-For").flatMap { Self.elements($0).map(Self.parse) }
        var reported: [IPAddress?] = []
        for name in Self.reportingHeaders where headers.count(name) > 0 {
            for value in headers.all(name) { reported += Self.elements(value).map(Self.parse) }
        }
        if headers.count("Forwarded") > 0 {
            for value in headers.all("Forwarded") {
                reported += Self.elements(value).flatMap(Self.forwarded)
            }
        }
        // libmicrohttpd 0.9.75 appends the continuation of a folded line to the name instead of the value.
        for name in Self.allHeaders where headers.hasLonger(name) {
            reported.append(nil)
        }
        self.reported = reported
    }

    /// Whether the request comes from this machine: so do the peer and all reported addresses.
    public var isThisMachine: Bool {
        peer.isLoopback && reported.allSatisfy { $0?.isLoopback == true }
    }

    /// Whether the request comes from `networks`: there is a foreign address, and all of them are inside.
    func isInside(_ networks: [Network]) -> Bool {
        var foreign = reported.filter { $0?.isLoopback != true }
        if !peer.isLoopback { foreign.append(peer) }
        return !foreign.isEmpty
            && foreign.allSatisfy { address in
                guard let address else { return false }
                return networks.contains { $0.contains(address) }
            }
    }

    /// The address for a log, the audit and the limiter of guesses: the last foreign one of `X-Forwarded-For`, else the
    /// first foreign one reported, else the first reported, else the peer.
    ///
    /// The last one is what the proxy on this machine saw; those before it may be the client's own invention.
    public var logged: String {
        if let user { return "command socket (uid \(user.id))" }
        let isForeign = { (address: IPAddress?) in address?.isLoopback != true }
        if let foreign = chain.last(where: isForeign) ?? reported.first(where: isForeign) {
            return foreign?.description ?? "unknown"
        }
        return (reported.first ?? peer)?.description ?? "unknown"
    }

    /// The elements of a list; none if the value is empty, which names no client.
    private static func elements(_ value: String) -> [Substring] {
        trimmed(value[...]).isEmpty
            ? [] : value.split(separator: ",", omittingEmptySubsequences: false)
    }

    /// Parses an address as proxies write it: optional blanks around it, brackets, a port.
    ///
    /// The text must be nothing else: what follows an address may be another client's.
    private static func parse(_ text: Substring) -> IPAddress? {
        let text = trimmed(text)
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"), isPort(text[end...].dropFirst()) else {
                return nil
            }
            let inside = text[..<end].dropFirst()
            return inside.utf8.contains(UInt8(ascii: ":")) ? IPAddress(inside) : nil
        }
        guard let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") else {
            return IPAddress(text)
        }
        return isPort(text[colon...]) ? IPAddress(text[..<colon]) : nil
    }

    /// Whether the text is empty, or a colon and one to five digits.
    private static func isPort(_ text: Substring) -> Bool {
        let digits = text.utf8.dropFirst()
        return text.isEmpty
            || text.hasPrefix(":") && (1...5).contains(digits.count)
                && digits.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    /// Every `for=` of an element (RFC 7239 §4), nil for one that is not an address.
    ///
    /// An element without one reports an unknown client, which is nil; so does one that does not consist of pairs.
    /// Commas, semicolons and backslashes in quoted strings are legal, but no proxy needs them and parsers differ
    /// about them: they count as foreign, too.
    private static func forwarded(_ element: Substring) -> [IPAddress?] {
        var reported: [IPAddress?] = []
        for pair in element.split(separator: ";", omittingEmptySubsequences: false) {
            let pair = trimmed(pair)
            guard let equals = pair.firstIndex(of: "="), isToken(pair[..<equals]) else {
                return [nil]
            }
            let value = pair[equals...].dropFirst()
            let isFor = pair[..<equals].lowercased() == "for"
            if isToken(value) {
                // Without quotes there can be neither brackets nor a port.
                if isFor { reported.append(parse(value)) }
            } else if value.utf8.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
                let inside = value.dropFirst().dropLast()
                guard
                    !inside.utf8.contains(where: {
                        $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\")
                    })
                else { return [nil] }
                // RFC 7239 §6: IPv6 is in brackets.
                let isBare = IPAddress(inside)?.isV4 == false
                if isFor { reported.append(isBare ? nil : parse(inside)) }
            } else {
                return [nil]
            }
        }
        return reported.isEmpty ? [nil] : reported
    }

    /// Whether the text is a token (RFC 9110 §5.6.2).
    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// The text without blanks at its ends.
    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
