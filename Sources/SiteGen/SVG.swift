/// An SVG drawing, written directly into bytes: every camera's page has one, rendered with each of its reads.
///
/// In a literal, numbers are printed with at most one decimal, deterministically, and texts are escaped.
struct SVG: ExpressibleByStringInterpolation {
    private var bytes: [UInt8]

    init(stringLiteral markup: String) { bytes = Array(markup.utf8) }

    init(stringInterpolation: StringInterpolation) { bytes = stringInterpolation.bytes }

    /// The markup.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    static func += (left: inout SVG, right: SVG) { left.bytes.append(contentsOf: right.bytes) }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var bytes: [UInt8] = []

        init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + interpolationCount * 8)
        }

        mutating func appendLiteral(_ markup: String) { bytes.append(contentsOf: markup.utf8) }

        mutating func appendInterpolation(_ text: String) { Markup.append(text, to: &bytes) }

        mutating func appendInterpolation(_ drawing: SVG) {
            bytes.append(contentsOf: drawing.bytes)
        }

        mutating func appendInterpolation(_ value: Double) {
            let tenths = Int((value * 10).rounded())
            bytes.append(number: tenths / 10)
            guard tenths % 10 != 0 else { return }
            bytes.append(UInt8(ascii: "."))
            bytes.append(number: abs(tenths % 10))
        }

        /// `1,234`.
        mutating func appendInterpolation(grouped number: Int) {
            bytes.append(number: number, groupedBy: 3)
        }
    }
}

extension [UInt8] {
    /// Appends a number, with a comma before each `size` digits.
    mutating func append(number: Int, groupedBy size: Int = .max) {
        if number < 0 { append(UInt8(ascii: "-")) }
        let begin = count
        var (rest, digits) = (number.magnitude, 0)
        repeat {
            if digits > 0, digits % size == 0 { append(UInt8(ascii: ",")) }
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            (rest, digits) = (rest / 10, digits + 1)
        } while rest > 0
        self[begin...].reverse()
    }
}
