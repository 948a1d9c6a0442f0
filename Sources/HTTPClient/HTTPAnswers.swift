public import Core

/// One answer of an HTTP server.
public struct HTTPAnswer: Equatable, Sendable {
    /// The status code.
    public let status: Int
    /// By names in lower case; of equal names the last one.
    public let headers: [String: String]
    /// The body.
    public let body: [UInt8]
    /// The body as JSON; `null` where it is none.
    public var json: JSON { (try? JSONParser.parse(body)) ?? .null }
    /// Seconds that the server asks to be left alone.
    public var retryAfter: Int? { headers["retry-after"].flatMap { Int($0) } }
}

/// Finds answers in what an HTTP/1.1 server sends (RFC 9112), piece by piece.
public struct HTTPAnswers {
    private static let headBytesMax = 32 * 1_024
    private static let bodyBytesMax = 8 * 1_024 * 1_024

    private var buffer: [UInt8] = []

    /// Begins with nothing.
    public init() {}

    /// Bytes that came and belong to no answer yet.
    public var rest: [UInt8] { buffer }

    /// Takes more bytes.
    public mutating func append(_ bytes: [UInt8]) { buffer += bytes }

    /// The next whole answer, or nil where more bytes are needed; the head alone where
    /// `headOnly`, as for the 101 after which another protocol begins.
    ///
    /// Throws ``TransportFault`` for what is no HTTP answer, and for one that is too long.
    public mutating func next(headOnly: Bool = false) throws(TransportFault) -> HTTPAnswer? {
        guard let end = HTTPAnswers.find([13, 10, 13, 10], in: buffer, from: 0) else {
            guard buffer.count <= HTTPAnswers.headBytesMax else {
                throw TransportFault(description: "the server's response headers do not end")
            }
            return nil
        }
        let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw TransportFault(description: "the peer is not an HTTP server")
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...]
                .split(separator: " ").joined(separator: " ")
        }
        var position = end + 4
        var body: [UInt8] = []
        if !headOnly, status != 204, status != 304, status >= 200 {
            guard let found = try self.body(headers, at: &position) else { return nil }
            body = found
        }
        buffer.removeFirst(position)
        return HTTPAnswer(status: status, headers: headers, body: body)
    }

    /// The body that begins at `position`, which moves behind it; nil where it is not complete.
    private func body(
        _ headers: [String: String],
        at position: inout Int
    ) throws(TransportFault) -> [UInt8]? {
        if headers["transfer-encoding"]?.lowercased() == "chunked" { return try chunks(&position) }
        guard let count = Int(headers["content-length"] ?? ""),
            (0...HTTPAnswers.bodyBytesMax).contains(count)
        else { throw TransportFault(description: "the server's response has no usable length") }
        guard buffer.count >= position + count else { return nil }
        defer { position += count }
        return Array(buffer[position..<position + count])
    }

    /// RFC 9112 §7.1; trailers are passed over.
    private func chunks(_ position: inout Int) throws(TransportFault) -> [UInt8]? {
        var body: [UInt8] = []
        var at = position
        while let end = HTTPAnswers.find([13, 10], in: buffer, from: at) {
            let line = String(decoding: buffer[at..<end], as: UTF8.self)
            guard let count = Int(line.prefix { $0 != ";" && $0 != " " }, radix: 16), count >= 0,
                count <= HTTPAnswers.bodyBytesMax - body.count
            else {
                throw TransportFault(description: "the server's response has a malformed chunk")
            }
            at = end + 2
            if count == 0 {
                while let end = HTTPAnswers.find([13, 10], in: buffer, from: at) {
                    let isLast = end == at
                    at = end + 2
                    guard isLast else { continue }
                    position = at
                    return body
                }
                return nil
            }
            guard buffer.count >= at + count + 2 else { return nil }
            body += buffer[at..<at + count]
            at += count + 2
        }
        return nil
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= start + pattern.count else { return nil }
        return (start...bytes.count - pattern.count).first { index in
            pattern.indices.allSatisfy { bytes[index + $0] == pattern[$0] }
        }
    }
}
