import Foundation
import HTTPClient

/// Where the server is.
struct ServerAddress: Equatable {
    /// A name or an address, without brackets.
    let host: String
    let port: Int
    /// What stands before every path: empty, or `/lpr` with no slash at the end.
    let path: String

    /// Reads `http://host:port/path` or `ws://…`; without a port it is 80.
    ///
    /// Nil for anything else, TLS included.
    init?(_ text: String) {
        guard let url = URLComponents(string: text), ["http", "ws"].contains(url.scheme),
            let host = url.host, !host.isEmpty, url.user == nil, url.query == nil
        else { return nil }
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = url.port ?? 80
        guard (1...65_535).contains(port) else { return nil }
        var path = url.percentEncodedPath
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// The value of `Host` (RFC 9110 §7.2).
    var hostHeader: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    /// A request that posts JSON; the connection ends after its answer where it is the last.
    func post(_ json: [UInt8], to path: String, isLast: Bool = false) -> [UInt8] {
        let head =
            "POST \(self.path)\(path) HTTP/1.1\r\nHost: \(hostHeader)\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(json.count)\r\n"
            + (isLast ? "Connection: close\r\n\r\n" : "\r\n")
        return Array(head.utf8) + json
    }
}

extension PlainSocket {
    /// Connects to the first address of the server that answers within `milliseconds`.
    init(_ server: ServerAddress, milliseconds: Int) throws(TransportFault) {
        try self.init(host: server.host, port: server.port, milliseconds: milliseconds)
    }
}
