import Core
import Mustache

/// The template of a table row (`partials/row.mustache`), compiled to flat lists of writes.
///
/// Rows are nearly all of a site, so nothing is looked up by name per row. The parts of the template that appear
/// depend on a row's conditions only: Mustache renders it once for each combination of them, with placeholders for
/// the values.
struct RowTemplate: Sendable {
    static let name = "partials/row"

    /// The values of a row; the raw values are the names in the template.
    enum Field: String, CaseIterable {
        case id, plate, camera, time, confidence, location, reason, listed, picture
        case timeUTC = "time_utc"
    }

    /// The conditions that select the parts of a row.
    struct Conditions: OptionSet {
        let rawValue: Int

        static let hit = Conditions(rawValue: 1)
        static let possible = Conditions(rawValue: 2)
        static let clockAhead = Conditions(rawValue: 4)
        static let picture = Conditions(rawValue: 8)
        static let clockBehind = Conditions(rawValue: 16)
        static let late = Conditions(rawValue: 32)
        static let damaged = Conditions(rawValue: 64)

        static let names: [String: Conditions] = [
            "is_hit": .hit, "is_possible": .possible, "clock_ahead": .clockAhead,
            "clock_behind": .clockBehind, "has_picture": .picture, "is_late": .late,
            "is_damaged": .damaged,
        ]
        static let combinations = 128
    }

    /// One write of a row.
    enum Piece {
        case text([UInt8])
        case value(Field, isEscaped: Bool)
    }

    /// By the raw value of the conditions.
    private let shapes: [[Piece]]

    /// Compiles the template; `render` renders it with a view.
    ///
    /// Throws ``TemplateError`` if it uses a name that a row does not have, or transforms a value.
    init(render: (any MustacheParent) throws -> String) throws {
        shapes = try (0..<Conditions.combinations).map { bits in
            let conditions = Conditions(rawValue: bits)
            let text = PlaceholderText(
                try render(RowView(conditions) { PlaceholderText.mark(RowTemplate.number(of: $0)) })
            )
            let probe = try render(RowView(conditions) { RowTemplate.probe(for: $0) })
            guard let text, let pieces = RowTemplate.pieces(of: text),
                text.filled({ Array(RowTemplate.probe(for: Field.allCases[$0]).utf8) })
                    == Array(probe.utf8)
            else {
                throw TemplateError(
                    file: "\(RowTemplate.name).mustache",
                    line: nil,
                    reason: "may print names and test conditions, but not transform them"
                )
            }
            return pieces
        }
    }

    /// The writes for a row with these conditions.
    func pieces(for conditions: Conditions) -> [Piece] { shapes[conditions.rawValue] }

    // MARK: - Marks

    private static func number(of field: Field) -> Int {
        Field.allCases.firstIndex(of: field) ?? 0
    }

    /// Replaces numbers by fields; nil if a number is unknown.
    private static func pieces(of text: PlaceholderText) -> [Piece]? {
        var pieces: [Piece] = []
        for piece in text.pieces {
            switch piece {
            case .text(let bytes): pieces.append(.text(bytes))
            case .value(let number, let isEscaped):
                guard Field.allCases.indices.contains(number) else { return nil }
                pieces.append(.value(Field.allCases[number], isEscaped: isEscaped))
            }
        }
        return pieces
    }

    /// A value on which every change would show.
    private static func probe(for field: Field) -> String { "<aB&\"\(field.rawValue)' กx>" }
}

/// A view with the same value for every row.
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
