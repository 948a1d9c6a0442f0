import Core
import Mustache

/// The template of a table's row (`partials/row.mustache`), as flat lists of what to write.
///
/// Rows are nearly all of a site, so nothing is looked up by name for each of them. Which parts of the
/// template appear depends on a row's conditions only: Mustache renders it once for each combination of
/// them, with marks in the places of the values, and the text between the marks is what is written.
struct RowTemplate: Sendable {
    static let name = "partials/row"

    /// What a row prints; the raw values are the names in the template.
    enum Field: String, CaseIterable {
        case id, plate, camera, time, confidence, location, reason, picture
        case timeUTC = "time_utc"
    }

    /// What decides which parts of a row appear.
    struct Conditions: OptionSet {
        let rawValue: Int

        static let hit = Conditions(rawValue: 1)
        static let possible = Conditions(rawValue: 2)
        static let clockAhead = Conditions(rawValue: 4)
        static let picture = Conditions(rawValue: 8)

        static let names: [String: Conditions] = [
            "is_hit": .hit, "is_possible": .possible, "clock_ahead": .clockAhead,
            "has_picture": .picture,
        ]
        static let combinations = 16
    }

    /// One step of writing a row.
    enum Piece {
        case text([UInt8])
        case value(Field, isEscaped: Bool)
    }

    /// By the raw value of the conditions.
    private let shapes: [[Piece]]

    /// Compiles the template; `render` renders it with a view.
    ///
    /// Throws ``TemplateError`` where it asks for a name that a row does not have, or does with one what
    /// cannot be done beforehand.
    init(render: (any MustacheParent) throws -> String) throws {
        shapes = try (0..<Conditions.combinations).map { bits in
            let conditions = Conditions(rawValue: bits)
            let pieces = RowTemplate.pieces(
                of: try render(RowView(conditions) { RowTemplate.mark(for: $0) })
            )
            let probe = try render(RowView(conditions) { RowTemplate.probe(for: $0) })
            guard let pieces, RowTemplate.fill(pieces) == Array(probe.utf8) else {
                throw TemplateError(
                    file: "\(RowTemplate.name).mustache",
                    line: nil,
                    reason: "may print names and ask conditions, but not change what they say"
                )
            }
            return pieces
        }
    }

    /// What to write for a row of these conditions.
    func pieces(for conditions: Conditions) -> [Piece] { shapes[conditions.rawValue] }

    // MARK: - Marks

    private static let opening: UInt8 = 1
    private static let closing: UInt8 = 2

    /// A text that says by itself, once rendered, whether it was escaped.
    private static func mark(for field: Field) -> String {
        "\u{1}<\(Field.allCases.firstIndex(of: field) ?? 0)\u{2}"
    }

    /// Cuts a rendered text at its marks; nil where one of them was changed.
    private static func pieces(of text: String) -> [Piece]? {
        var pieces: [Piece] = []
        var rest = Array(text.utf8)[...]
        while let start = rest.firstIndex(of: opening) {
            guard let end = rest[start...].firstIndex(of: closing) else { return nil }
            let mark = String(decoding: rest[(start + 1)..<end], as: UTF8.self)
            let isEscaped = mark.hasPrefix("&lt;")
            guard isEscaped || mark.hasPrefix("<"), let number = Int(mark.drop { !$0.isNumber }),
                Field.allCases.indices.contains(number)
            else { return nil }
            pieces.append(.text(Array(rest[..<start])))
            pieces.append(.value(Field.allCases[number], isEscaped: isEscaped))
            rest = rest[(end + 1)...]
        }
        return rest.contains(closing) ? nil : pieces + [.text(Array(rest))]
    }

    /// A value on which every change would be seen.
    private static func probe(for field: Field) -> String { "<aB&\"\(field.rawValue)' กx>" }

    private static func fill(_ pieces: [Piece]) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .text(let text): bytes += text
            case .value(let field, true): Markup.append(probe(for: field), to: &bytes)
            case .value(let field, false): bytes += probe(for: field).utf8
            }
        }
        return bytes
    }
}

/// A row that says the same of every field and condition.
private struct RowView: MustacheParent {
    let conditions: RowTemplate.Conditions
    let value: (RowTemplate.Field) -> String

    init(_ conditions: RowTemplate.Conditions, _ value: @escaping (RowTemplate.Field) -> String) {
        self.conditions = conditions
        self.value = value
    }

    func child(named name: String) -> Any? {
        if let field = RowTemplate.Field(rawValue: name) { return value(field) }
        return RowTemplate.Conditions.names[name].map { conditions.contains($0) }
    }
}
