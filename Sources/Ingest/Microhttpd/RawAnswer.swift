internal import Glibc

/// A serialized response, for the few that bypass libmicrohttpd.
enum RawAnswer {
    private static let reasons = [
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 408: "Request Timeout", 411: "Length Required",
        413: "Content Too Large", 415: "Unsupported Media Type", 421: "Misdirected Request",
        501: "Not Implemented", 503: "Service Unavailable",
    ]

    /// Status line, headers and body; the connection ends after it (RFC 9112 §9.6).
    static func bytes(_ response: Response, id: String) -> [UInt8] {
        var body: [UInt8] = []
        if case .bytes(let bytes) = response.body { body = bytes }
        let reason = reasons[response.status] ?? "Error"
        let date = HTTPDate(seconds: time(nil)).text
        var head = "HTTP/1.1 \(response.status) \(reason)\r\nDate: \(date)\r\nConnection: close\r\n"
        for header in response.headers { head += "\(header.name): \(header.value)\r\n" }
        head += "X-Request-ID: \(id)\r\nX-Content-Type-Options: nosniff\r\n"
        head += "Content-Length: \(body.count)\r\n\r\n"
        return Array(head.utf8) + body
    }
}
