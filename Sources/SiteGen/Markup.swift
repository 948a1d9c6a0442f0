import Mustache

/// Text as HTML writes it.
///
/// Byte by byte, not by what Swift calls a character: a quotation mark with a combining accent is one
/// `Character`, yet a browser sees the mark and ends the attribute.
enum Markup {
    /// The pragma that makes a template escape by ``MarkupContentType``; stands before its first line.
    static let pragma = "{{% CONTENT_TYPE:\(name)}}"
    private static let name = "MARKUP"

    /// Makes the pragma known to the template library; once, however often it is asked for.
    static let registration: Void = MustacheContentTypes.register(MarkupContentType(), named: name)

    /// The text with `& < > " '` written as references.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { reference(for: $0) != nil }) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the text as ``escaped(_:)`` would write it.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        append(text.utf8, to: &bytes)
    }

    /// Appends text in UTF-8 as ``escaped(_:)`` would write it.
    static func append(_ text: some Collection<UInt8>, to bytes: inout [UInt8]) {
        // Most texts have nothing to escape and are copied in one go.
        guard text.contains(where: { reference(for: $0) != nil }) else {
            return bytes.append(contentsOf: text)
        }
        for byte in text {
            if let reference = reference(for: byte) {
                bytes.append(contentsOf: reference.utf8)
            } else {
                bytes.append(byte)
            }
        }
    }

    private static func reference(for byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}

/// How templates escape what they print.
struct MarkupContentType: MustacheContentType {
    func escapeText(_ text: String) -> String { Markup.escaped(text) }
}
