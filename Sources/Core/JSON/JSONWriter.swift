/// Writes compact JSON (RFC 8259) directly into bytes.
///
/// The caller keeps the grammar: keys inside objects, one value after each key. The writer adds commas. Numbers
/// without a JSON form (NaN, infinities) become `null`.
public struct JSONWriter: Sendable {
    /// The output.
    public private(set) var bytes: [UInt8]
    private var needsComma = false

    /// An empty document with room for `capacity` bytes.
    public init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// The output as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Writes `{`, what `body` writes, and `}`.
    public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "{"))
        try body(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes `[`, what `body` writes, and `]`.
    public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "["))
        try body(&self)
        close(UInt8(ascii: "]"))
    }

    /// Writes an array with one element per value of a sequence.
    public mutating func array<S: Sequence>(
        of elements: S,
        _ body: (inout JSONWriter, S.Element) throws -> Void
    ) rethrows {
        try array { writer in
            for element in elements { try body(&writer, element) }
        }
    }

    /// Writes a key; its value must follow.
    public mutating func key(_ name: String) {
        separate()
        appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string, or `null` for nil.
    public mutating func value(_ text: String?) {
        guard let text else { return null() }
        separate()
        appendQuoted(text)
    }

    /// Writes an integer, or `null` for nil.
    public mutating func value(_ number: Int64?) {
        guard let number else { return null() }
        raw(String(number))
    }

    /// Writes an integer, or `null` for nil.
    public mutating func value(_ number: Int?) {
        value(number.map(Int64.init))
    }

    /// Writes a number in its shortest form, integers without a point; `null` for nil.
    public mutating func value(_ number: Double?) {
        guard let number, number.isFinite else { return null() }
        if number == number.rounded(), abs(number) < 1e15 {
            raw(String(Int64(number)))
        } else {
            raw(number.description)
        }
    }

    /// Writes `true` or `false`.
    public mutating func value(_ value: Bool) { raw(value ? "true" : "false") }

    /// Writes `null`.
    public mutating func null() { raw("null") }

    /// Writes a key and its value.
    public mutating func field(_ name: String, _ value: String?) { key(name); self.value(value) }
    /// Writes a key and its value.
    public mutating func field(_ name: String, _ value: Int64?) { key(name); self.value(value) }
    /// Writes a key and its value.
    public mutating func field(_ name: String, _ value: Int?) { key(name); self.value(value) }
    /// Writes a key and its value.
    public mutating func field(_ name: String, _ value: Double?) { key(name); self.value(value) }
    /// Writes a key and its value.
    public mutating func field(_ name: String, _ value: Bool) { key(name); self.value(value) }
    /// Writes a key and an instant as RFC 3339.
    public mutating func field(_ name: String, _ value: Timestamp?) {
        key(name)
        guard let value else { return null() }
        separate()
        bytes.append(UInt8(ascii: "\""))
        value.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }
    /// Writes a key and a value that writes itself; `null` for nil.
    public mutating func field(_ name: String, _ value: (any JSONWritable)?) {
        key(name)
        if let value { value.write(to: &self) } else { null() }
    }

    /// Writes a value that is JSON already, verbatim.
    public mutating func raw(_ json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    /// Escapes what RFC 8259 §7 demands, and `<`, `>`, `&`, U+2028/9, so that the JSON may be embedded in a page's
    /// `<script>`.
    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        // Most strings need no escaping and are copied at once.
        if JSONWriter.isPlain(text.utf8.span) {
            bytes.append(contentsOf: text.utf8)
            return bytes.append(UInt8(ascii: "\""))
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
            case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
            case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
            case 0..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), 0x7F:
                appendEscaped(byte)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ text: borrowing Span<UInt8>) -> Bool {
        for index in text.indices where isEscaped(text[index]) { return false }
        return true
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: "&"), 0x7F:
            true
        default: false
        }
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: #"\u00"#.utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
    }
}

/// A value that writes itself as JSON.
public protocol JSONWritable {
    /// Writes exactly one JSON value.
    func write(to writer: inout JSONWriter)
}

extension JSONWritable {
    /// The value as compact JSON.
    public var json: String {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.text
    }
}
