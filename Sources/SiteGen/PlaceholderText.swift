/// A rendered text with placeholders for values.
struct PlaceholderText: Sendable {
    /// One piece of the text.
    enum Piece: Sendable {
        case text([UInt8])
        /// The value of this number, escaped or not.
        case value(Int, isEscaped: Bool)
    }

    let pieces: [Piece]

    private static let opening: UInt8 = 1
    private static let closing: UInt8 = 2

    /// A placeholder that shows, once rendered, whether it was escaped.
    ///
    /// No text from cameras or users contains such characters.
    static func mark(_ number: Int) -> String { "\u{1}<\(number)\u{2}" }

    /// Splits a rendered text at its placeholders; nil if one of them was changed.
    init?(_ text: String) {
        var pieces: [Piece] = []
        var rest = Array(text.utf8)[...]
        while let start = rest.firstIndex(of: PlaceholderText.opening) {
            guard let end = rest[start...].firstIndex(of: PlaceholderText.closing) else {
                return nil
            }
            let mark = String(decoding: rest[(start + 1)..<end], as: UTF8.self)
            let isEscaped = mark.hasPrefix("&lt;")
            guard isEscaped || mark.hasPrefix("<"), let number = Int(mark.drop { !$0.isNumber })
            else { return nil }
            pieces.append(.text(Array(rest[..<start])))
            pieces.append(.value(number, isEscaped: isEscaped))
            rest = rest[(end + 1)...]
        }
        guard !rest.contains(PlaceholderText.closing) else { return nil }
        self.pieces = pieces + [.text(Array(rest))]
    }

    /// Whether no value is escaped, and there is one.
    var areAsTheyAre: Bool {
        let values = pieces.compactMap { piece -> Bool? in
            if case .value(_, let isEscaped) = piece { !isEscaped } else { nil }
        }
        return !values.isEmpty && values.allSatisfy(\.self)
    }

    /// The text with its values.
    func filled(_ value: (Int) -> [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size(value))
        for piece in pieces {
            switch piece {
            case .text(let text): bytes += text
            case .value(let number, true): Markup.append(value(number), to: &bytes)
            case .value(let number, false): bytes += value(number)
            }
        }
        return bytes
    }

    private func size(_ value: (Int) -> [UInt8]) -> Int {
        pieces.reduce(0) { sum, piece in
            switch piece {
            case .text(let text): sum + text.count
            case .value(let number, _): sum + value(number).count + 16
            }
        }
    }
}
