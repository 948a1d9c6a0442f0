/// A template rendered in advance for one combination of conditions, so that only its values are left to be filled in.
///
/// Of a row, a page of a camera and the layout there are a handful of combinations; nothing is looked up by name for
/// each of them.
struct PrecompiledTemplate<Name: Hashable & Sendable>: Sendable {
    /// One write.
    enum Piece: Sendable {
        case text([UInt8])
        /// The value of this name, escaped or not.
        case value(Name, isEscaped: Bool)
    }

    let pieces: [Piece]

    /// Renders a template twice, with a placeholder for each value; nil if the template does more with a value than print
    /// it, so that it must be rendered for each page.
    init?(
        _ names: [Name],
        render: (@escaping (Name) -> String) throws -> String
    ) rethrows {
        let numbers = Dictionary(uniqueKeysWithValues: zip(names, 0...))
        func number(_ name: Name) -> Int { numbers[name] ?? 0 }
        let rendered = try render { Placeholder.text(number($0)) }
        guard let template = PrecompiledTemplate(names, rendered: rendered) else { return nil }
        // Other values, and no placeholders: all that depends on a value would show.
        let probe = try render { Placeholder.probe(number($0)) }
        let filled = template.filled { Array(Placeholder.probe(number($0)).utf8) }
        guard filled == Array(probe.utf8) else { return nil }
        self = template
    }

    /// Splits what was rendered with a ``Placeholder`` for each name; nil if one of them was changed.
    init?(_ names: [Name], rendered text: String) {
        self.init(names, rendered: Array(text.utf8))
    }

    /// As ``init(_:rendered:)``, of the text's bytes.
    init?(_ names: [Name], rendered bytes: [UInt8]) {
        var values: [[UInt8]: Piece] = [:]
        for (number, name) in names.enumerated() {
            let placeholder = Array(Placeholder.text(number).utf8)
            var escaped: [UInt8] = []
            Markup.append(placeholder, to: &escaped)
            values[placeholder] = .value(name, isEscaped: false)
            values[escaped] = .value(name, isEscaped: true)
        }
        var pieces: [Piece] = []
        var rest = bytes[...]
        while let start = rest.firstIndex(of: Placeholder.opening) {
            guard let end = rest[start...].firstIndex(of: Placeholder.closing),
                let value = values[Array(rest[start...end])]
            else { return nil }
            pieces += [.text(Array(rest[..<start])), value]
            rest = rest[(end + 1)...]
        }
        guard !rest.contains(Placeholder.closing) else { return nil }
        self.pieces = pieces + [.text(Array(rest))]
    }

    /// Whether it prints some value, and none of them escaped.
    var printsUnescaped: Bool {
        let values = pieces.compactMap { piece -> Bool? in
            if case .value(_, let isEscaped) = piece { !isEscaped } else { nil }
        }
        return !values.isEmpty && values.allSatisfy(\.self)
    }

    /// The text with its values.
    func filled(_ value: (Name) -> [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size(value))
        for piece in pieces {
            switch piece {
            case .text(let text): bytes += text
            case .value(let name, true): Markup.append(value(name), to: &bytes)
            case .value(let name, false): bytes += value(name)
            }
        }
        return bytes
    }

    private func size(_ value: (Name) -> [UInt8]) -> Int {
        pieces.reduce(0) { sum, piece in
            switch piece {
            case .text(let text): sum + text.count
            case .value(let name, _): sum + value(name).count + 16
            }
        }
    }
}

/// Stands in for a value while its template is rendered.
///
/// No text from cameras or users contains its first and its last byte, and every change of what is between would show.
enum Placeholder {
    static let opening: UInt8 = 1
    static let closing: UInt8 = 2

    /// The placeholder of the value with a number.
    static func text(_ number: Int) -> String { "\u{1}\(probe(number))\u{2}" }

    /// A value like others, with all that is escaped and both cases.
    static func probe(_ number: Int) -> String { "<aB&\"\(number)' กx>" }
}
