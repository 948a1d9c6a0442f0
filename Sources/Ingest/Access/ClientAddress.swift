/// Where a request comes from: the peer of the socket, and what a proxy on this machine reports.
public struct ClientAddress: Sendable, Equatable {
    /// The other end of the socket.
    public let peer: IPAddress
    /// What the proxy reported, in order; nil stands for one that is no address.
    public let reported: [IPAddress?]

    /// Makes an address from its parts.
    public init(peer: IPAddress, reported: [IPAddress?] = []) {
        self.peer = peer
        self.reported = reported
    }

    /// A client on this machine.
    public static let loopback = ClientAddress(peer: .loopback)

    /// The headers in which proxies name their client, each an address or a list of them.
    private static let reportingHeaders = [
        "X-Real-IP", "X-Forwarded-For", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP",
        "CF-Connecting-IP", "Fastly-Client-IP", "X-Original-Forwarded-For",
    ]

    /// Collects the peer and what the headers report (those of ``reportingHeaders`` and RFC 7239's
    /// `Forwarded`).
    ///
    /// Only a peer on this machine is believed.
    init(peer: IPAddress, headers: Headers) {
        self.peer = peer
        guard peer.isLoopback else {
            reported = []
            return
        }
        var reported: [IPAddress?] = []
        for name in Self.reportingHeaders where headers.count(name) > 0 {
            for value in headers.all(name) {
                reported += value.split(separator: ",", omittingEmptySubsequences: false)
                    .map(Self.parse)
            }
        }
        if headers.count("Forwarded") > 0 {
            for value in headers.all("Forwarded") { reported += Self.forwarded(value) }
        }
        self.reported = reported
    }

    /// Whether the request comes from this machine: the peer does, and so does everything reported.
    public var isThisMachine: Bool {
        peer.isLoopback && reported.allSatisfy { $0?.isLoopback == true }
    }

    /// Whether the request comes from `networks`: every address does that is not this machine's, and
    /// there is one.
    func isInside(_ networks: [Network]) -> Bool {
        var foreign = reported.filter { $0?.isLoopback != true }
        if !peer.isLoopback { foreign.append(peer) }
        return !foreign.isEmpty
            && foreign.allSatisfy { address in
                guard let address else { return false }
                return networks.contains { $0.contains(address) }
            }
    }

    /// The address for a log or the audit: the first foreign one reported, else the first reported,
    /// else the peer.
    public var logged: String {
        if let foreign = reported.first(where: { $0?.isLoopback != true }) {
            return foreign?.description ?? "unknown"
        }
        return (reported.first ?? peer)?.description ?? "unknown"
    }

    /// An address as proxies write it: perhaps with blanks, brackets, a port.
    private static func parse(_ text: some StringProtocol) -> IPAddress? {
        let text = text.drop { $0 == " " || $0 == "\t" }
        let trimmed = text.prefix { $0 != " " && $0 != "\t" }
        if trimmed.hasPrefix("[") {
            guard let end = trimmed.firstIndex(of: "]") else { return nil }
            return IPAddress(trimmed[..<end].dropFirst())
        }
        let colons = trimmed.utf8.filter { $0 == UInt8(ascii: ":") }.count
        return IPAddress(colons == 1 ? trimmed.prefix { $0 != ":" } : trimmed[...])
    }

    /// The `for=` of each element (RFC 7239 §4); an element without one reports nobody, which is nil.
    private static func forwarded(_ value: String) -> [IPAddress?] {
        value.split(separator: ",", omittingEmptySubsequences: false).map { element in
            for pair in element.split(separator: ";") {
                let pair = pair.drop { $0 == " " }
                guard pair.lowercased().hasPrefix("for=") else { continue }
                return parse(pair.dropFirst(4).filter { $0 != "\"" })
            }
            return nil
        }
    }
}
