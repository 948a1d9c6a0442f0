/// A strict JSON parser (RFC 8259) with bounds on depth and on values.
///
/// Own code, because every read passes through it: Foundation's decoder is several times slower, has no configurable
/// depth limit, and is less precise about where a document is malformed.
public struct JSONParser {
    let bytes: [UInt8]
    let end: Int
    var position: Int
    private let depthMax: Int
    private var valuesLeft: Int
    private let takesNonFinite: Bool

    /// The maximum number of values in one document: each takes forty bytes, but as little as two on the wire.
    public static let valuesMax = 1_000_000

    /// Parses a whole document.
    ///
    /// `takesNonFinite` is for cameras: Python writes `NaN` and `Infinity` for missing numbers; those, and numbers
    /// out of range, become `.number(.nan)`.
    ///
    /// Throws ``Refusal`` with the byte offset of the error.
    public static func parse(
        _ bytes: [UInt8],
        depthMax: Int = 32,
        valuesMax: Int = valuesMax,
        takesNonFinite: Bool = false
    ) throws(Refusal) -> JSON {
        try parse(
            bytes,
            in: 0..<bytes.count,
            depthMax: depthMax,
            valuesMax: valuesMax,
            takesNonFinite: takesNonFinite
        )
    }

    /// Parses one document in a range of the bytes (a line of NDJSON, a packet).
    public static func parse(
        _ bytes: [UInt8],
        in range: Range<Int>,
        depthMax: Int = 32,
        valuesMax: Int = valuesMax,
        takesNonFinite: Bool = false
    ) throws(Refusal) -> JSON {
        var parser = JSONParser(
            bytes: bytes,
            end: range.upperBound,
            position: range.lowerBound,
            depthMax: depthMax,
            valuesLeft: valuesMax,
            takesNonFinite: takesNonFinite
        )
        parser.skipByteOrderMark()
        parser.skipBlanks()
        let value = try parser.value(depth: 0)
        parser.skipBlanks()
        guard parser.position == parser.end else {
            throw parser.broken("unexpected data after the end")
        }
        return value
    }

    func broken(_ what: String) -> Refusal {
        Refusal(.invalid, "invalid JSON: \(what) (byte \(position))", code: "invalid_json")
    }

    var next: UInt8? { position < end ? bytes[position] : nil }

    /// Some programs begin UTF-8 with U+FEFF; RFC 8259 §8.1 lets a parser ignore it.
    private mutating func skipByteOrderMark() {
        guard next == 0xEF, position + 3 <= end, bytes[position + 1] == 0xBB,
            bytes[position + 2] == 0xBF
        else { return }
        position += 3
    }

    private mutating func skipBlanks() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(Refusal) -> JSON {
        guard depth <= depthMax else { throw broken("nested deeper than \(depthMax) levels") }
        guard let first = next else { throw broken("unexpected end of input") }
        valuesLeft -= 1
        guard valuesLeft >= 0 else { throw broken("too many values") }
        switch first {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "N") where takesNonFinite: return try literal("NaN", .number(.nan))
        case UInt8(ascii: "I") where takesNonFinite: return try literal("Infinity", .number(.nan))
        default: throw broken("expected a value")
        }
    }

    private mutating func literal(_ word: String, _ value: JSON) throws(Refusal) -> JSON {
        for byte in word.utf8 {
            guard next == byte else { throw broken("expected a value") }
            position += 1
        }
        return value
    }

    private mutating func object(depth: Int) throws(Refusal) -> JSON {
        position += 1
        var members: [JSON.Member] = []
        skipBlanks()
        if next == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        members.reserveCapacity(8)
        while true {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw broken("expected a member's name") }
            let name = try string()
            skipBlanks()
            guard next == UInt8(ascii: ":") else { throw broken("expected “:”") }
            position += 1
            skipBlanks()
            members.append(JSON.Member(name, try value(depth: depth + 1)))
            skipBlanks()
            if try endsAfterElement(UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func array(depth: Int) throws(Refusal) -> JSON {
        position += 1
        var elements: [JSON] = []
        skipBlanks()
        if next == UInt8(ascii: "]") {
            position += 1
            return .array(elements)
        }
        while true {
            skipBlanks()
            elements.append(try value(depth: depth + 1))
            skipBlanks()
            if try endsAfterElement(UInt8(ascii: "]")) { return .array(elements) }
        }
    }

    private mutating func endsAfterElement(_ bracket: UInt8) throws(Refusal) -> Bool {
        guard let byte = next else { throw broken("unexpected end of input") }
        guard byte == bracket || byte == UInt8(ascii: ",") else {
            throw broken("expected “,” or the end of the list")
        }
        position += 1
        return byte == bracket
    }
}

// MARK: - Numbers

extension JSONParser {
    private mutating func number() throws(Refusal) -> JSON {
        let start = position
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { position += 1 }
        if isNegative, takesNonFinite, next == UInt8(ascii: "I") {
            return try literal("Infinity", .number(.nan))
        }
        var mantissa: Int64 = 0
        var decimals = 0
        let wholeStart = position
        if next == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits(into: &mantissa)
        }
        let wholeDigits = position - wholeStart
        var isWhole = true
        if next == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            let start = position
            try digits(into: &mantissa)
            decimals = position - start
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isWhole = false
            // Left to the library, like everything that does not fit the mantissa.
            decimals = 100
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            var exponent: Int64 = 0
            try digits(into: &exponent)
        }
        // Both are integers that a Double represents exactly, so the one division rounds correctly.
        if wholeDigits + decimals <= 18, mantissa <= 1 << 53 {
            let number = Double(mantissa) / JSONParser.powersOfTen[decimals]
            return .number(isNegative ? -number : number)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let whole = Int64(text) {
            return whole.magnitude <= 1 << 53 ? .number(Double(whole)) : .integer(whole)
        }
        guard let number = Double(text), number.isFinite else {
            if takesNonFinite { return .number(.nan) }
            throw broken("number out of range")
        }
        return .number(number)
    }

    /// 10⁰ to 10¹⁸, each exact.
    private static let powersOfTen: [Double] = (0...18).map { power in
        (0..<power).reduce(1) { product, _ in product * 10 }
    }

    /// Parses digits into a number, which is valid only for at most 18 of them.
    private mutating func digits(into number: inout Int64) throws(Refusal) {
        let start = position
        while position < end {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            number = number &* 10 &+ Int64(digit)
            position += 1
        }
        guard position > start else { throw broken("expected a digit") }
    }
}
