internal import Core

/// The target of a request line (RFC 9112 §3.2), parsed here because libmicrohttpd decodes it before it can be
/// checked.
struct RequestTarget: Sendable {
    /// The decoded path, or `*` (RFC 9112 §3.2.4).
    let path: String
    /// The bytes after `?`.
    let query: ArraySlice<UInt8>
    /// Host and port of an absolute target; it overrides `Host` (RFC 9112 §3.2.2).
    let authority: String?

    /// Parses the bytes as received.
    ///
    /// Throws ``Refusal`` that says what is wrong with the path.
    init(_ bytes: [UInt8]) throws(Refusal) {
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Refusal(
                .invalid,
                "the request line holds a control character",
                code: "bad_target"
            )
        }
        var rest = bytes[...]
        if rest.first == UInt8(ascii: "/") || rest.elementsEqual("*".utf8) {
            authority = nil
        } else {
            (authority, rest) = try Self.splitAbsolute(rest)
        }
        if let question = rest.firstIndex(of: UInt8(ascii: "?")) {
            query = rest[rest.index(after: question)...]
            rest = rest[..<question]
        } else {
            query = []
        }
        path = try Self.decodePath(rest)
    }

    private static func splitAbsolute(
        _ bytes: ArraySlice<UInt8>
    ) throws(Refusal) -> (String?, ArraySlice<UInt8>) {
        for scheme in ["http://", "https://"] where bytes.count > scheme.utf8.count {
            let head = bytes.prefix(scheme.utf8.count)
            guard zip(head, scheme.utf8).allSatisfy({ lowercased($0) == $1 }) else { continue }
            let rest = bytes.dropFirst(scheme.utf8.count)
            let slash =
                rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
                ?? rest.endIndex
            let authority = String(validating: rest[..<slash], as: UTF8.self) ?? ""
            let path = rest[slash...]
            let isRooted = path.first == UInt8(ascii: "/")
            return (authority, isRooted ? path : [UInt8(ascii: "/")] + path)
        }
        throw Refusal(.invalid, "the request's path must begin with /")
    }

    private static func decodePath(_ raw: ArraySlice<UInt8>) throws(Refusal) -> String {
        guard let decoded = PercentDecoding.decode(raw, plusIsSpace: false) else {
            throw Refusal(.invalid, "the path has a % without two hexadecimal digits after it")
        }
        guard !decoded.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Refusal(.invalid, "the path has a control character")
        }
        guard let path = String(validating: decoded, as: UTF8.self) else {
            throw Refusal(.invalid, "the path is not valid UTF-8")
        }
        // An encoded slash would be one segment to a proxy and two here.
        let slash = UInt8(ascii: "/")
        guard decoded.lazy.filter({ $0 == slash }).count == raw.lazy.filter({ $0 == slash }).count
        else { throw Refusal(.invalid, "the path has an encoded slash") }
        guard !hasDotSegment(decoded) else {
            throw Refusal(.invalid, "the path has a . or .. segment")
        }
        return path
    }

    private static func hasDotSegment(_ path: [UInt8]) -> Bool {
        let dot = UInt8(ascii: ".")
        guard path.contains(dot) else { return false }
        return path.split(separator: UInt8(ascii: "/")).contains {
            $0.elementsEqual([dot]) || $0.elementsEqual([dot, dot])
        }
    }
}
