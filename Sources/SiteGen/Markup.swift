import Mustache

/// HTML escaping.
///
/// Byte by byte, not by `Character`: a quotation mark with a combining accent is one `Character`, yet a browser sees
/// the mark and ends the attribute.
enum Markup {
    /// The pragma that makes a template escape by ``MarkupContentType``; prepended to its first line.
    static let pragma = "{{% CONTENT_TYPE:\(name)}}"
    private static let name = "MARKUP"

    /// Registers the pragma with the template library, once.
    static let registration: Void = MustacheContentTypes.register(MarkupContentType(), named: name)

    /// The text with `& < > " '` as references.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: isEscaped) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the text, escaped by ``escaped(_:)``.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        // Most texts have nothing to escape: they are copied at once and only scanned.
        let begin = bytes.count
        bytes.append(contentsOf: text.utf8)
        guard bytes[begin...].contains(where: isEscaped) else { return }
        bytes.removeSubrange(begin...)
        append(escaping: text.utf8, to: &bytes)
    }

    /// Appends UTF-8 text, escaped by ``escaped(_:)``.
    static func append(_ text: [UInt8], to bytes: inout [UInt8]) {
        guard text.contains(where: isEscaped) else { return bytes.append(contentsOf: text) }
        append(escaping: text, to: &bytes)
    }

    private static func append(escaping text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        for byte in text {
            if let reference = reference(for: byte) {
                bytes.append(contentsOf: reference.utf8)
            } else {
                bytes.append(byte)
            }
        }
    }

    /// Whether ``reference(for:)`` has one, in one comparison: a bit for each of the five.
    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 64 && 0x5000_00C4_0000_0000 as UInt64 >> UInt64(byte) & 1 == 1
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

/// The escaping of templates.
struct MarkupContentType: MustacheContentType {
    func escapeText(_ text: String) -> String { Markup.escaped(text) }
}
