import Core

/// One part of a `multipart/form-data` body.
struct FormPart: Sendable, Equatable {
    /// The field's name.
    let name: String
    /// Whether the part is a file.
    let isFile: Bool
    /// The content.
    let content: ArraySlice<UInt8>
}

/// Parses `multipart/form-data` (RFC 7578 over RFC 2046 §5.1).
enum Multipart {
    /// Parts in one body: a read has a dozen fields.
    static let partsMax = 64
    /// Bytes of one part's headers.
    static let headerBytesMax = 4_096

    /// The boundary of a content type; nil if it has none.
    static func boundary(ofContentType type: String) -> String? {
        guard let value = parameter("boundary", of: type), (1...70).contains(value.utf8.count)
        else { return nil }
        return value
    }

    /// The parts of a body of a content type, in order.
    static func parts(of body: [UInt8], contentType: String) throws(Refusal) -> [FormPart] {
        guard let boundary = boundary(ofContentType: contentType) else {
            throw .invalid("Content-Type", "names no boundary of 1 to 70 characters")
        }
        return try parts(of: body, boundary: boundary)
    }

    /// The parts of a body, in order.
    ///
    /// Throws ``Refusal`` if the body is truncated, malformed, or has too many parts.
    static func parts(of body: [UInt8], boundary: String) throws(Refusal) -> [FormPart] {
        let delimiter = Array("--\(boundary)".utf8)
        guard var position = start(of: delimiter, in: body) else {
            throw broken("the boundary does not appear")
        }
        var parts: [FormPart] = []
        while true {
            position += delimiter.count
            if body[position...].starts(with: "--".utf8) { return parts }
            guard let content = lineEnd(in: body, at: position) else {
                throw broken("a boundary is not followed by CRLF")
            }
            let separator = Array("\r\n".utf8) + delimiter
            guard let end = find(separator, in: body, from: max(content - 2, position)) else {
                throw broken("unexpected end")
            }
            guard parts.count < partsMax else { throw broken("more than \(partsMax) parts") }
            parts.append(try part(body[content..<max(content, end)]))
            position = end + 2
        }
    }

    private static func broken(_ why: String) -> Refusal {
        Refusal(.invalid, "malformed multipart body: \(why)")
    }

    /// The first delimiter is at the start of the body or of a line.
    private static func start(of delimiter: [UInt8], in body: [UInt8]) -> Int? {
        if body.starts(with: delimiter) { return 0 }
        return find(Array("\r\n".utf8) + delimiter, in: body, from: 0).map { $0 + 2 }
    }

    /// The index after the line end, if only blanks precede it from `position` on.
    private static func lineEnd(in body: [UInt8], at position: Int) -> Int? {
        var index = position
        while index < body.count, body[index] == 0x20 || body[index] == 0x09 { index += 1 }
        guard body[index...].starts(with: "\r\n".utf8) else { return nil }
        return index + 2
    }

    private static func part(_ bytes: ArraySlice<UInt8>) throws(Refusal) -> FormPart {
        let separator = Array("\r\n\r\n".utf8)
        let head = bytes.prefix(headerBytesMax)
        // A part without headers starts with the empty line itself.
        guard !bytes.starts(with: "\r\n".utf8),
            let end = find(separator, in: head, from: head.startIndex)
        else { throw broken("a part has no Content-Disposition") }
        guard let text = String(validating: bytes[bytes.startIndex..<end], as: UTF8.self) else {
            throw broken("a part's headers are not valid UTF-8")
        }
        for line in text.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":"),
                line[..<colon].lowercased() == "content-disposition"
            else { continue }
            let value = String(line[line.index(after: colon)...])
            guard let name = parameter("name", of: value) else { break }
            return FormPart(
                name: name,
                isFile: parameter("filename", of: value) != nil
                    || parameter("filename*", of: value) != nil,
                content: bytes[(end + separator.count)...]
            )
        }
        throw broken("a part has no name")
    }

    /// A parameter of a header's value, quoted or not; names are case-insensitive.
    private static func parameter(_ name: String, of value: String) -> String? {
        var rest = value[...]
        while let semicolon = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: semicolon)...].drop { $0 == " " || $0 == "\t" }
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let found = rest[..<equals].lowercased()
            rest = rest[rest.index(after: equals)...]
            let taken = quotedOrToken(&rest)
            if found == name { return taken }
        }
        return nil
    }

    private static func quotedOrToken(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else {
            let token = rest.prefix { $0 != ";" && $0 != " " }
            rest = rest.dropFirst(token.count)
            return String(token)
        }
        rest = rest.dropFirst()
        var text = ""
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\", let escaped = rest.popFirst() {
                text.append(escaped)
            } else {
                text.append(character)
            }
        }
        return text
    }

    /// The first match of a needle (Horspool's algorithm).
    private static func find<Bytes: RandomAccessCollection<UInt8>>(
        _ needle: [UInt8],
        in bytes: Bytes,
        from start: Int
    ) -> Int? where Bytes.Index == Int {
        guard let last = needle.last, bytes.endIndex - start >= needle.count else { return nil }
        var skips = [Int](repeating: needle.count, count: 256)
        for (index, byte) in needle.dropLast().enumerated() {
            skips[Int(byte)] = needle.count - 1 - index
        }
        var position = start
        while position + needle.count <= bytes.endIndex {
            let final = bytes[position + needle.count - 1]
            if final == last, bytes[position..<position + needle.count].elementsEqual(needle) {
                return position
            }
            position += skips[Int(final)]
        }
        return nil
    }
}
