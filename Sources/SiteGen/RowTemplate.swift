import Core
import Mustache

/// The template of a table row (`partials/row.mustache`), precompiled for each combination of a row's conditions.
///
/// Rows are nearly all of a site.
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

    typealias Shape = PrecompiledTemplate<Field>

    /// By the raw value of the conditions.
    private let shapes: [Shape]

    /// Compiles the template; `render` renders it with a view.
    ///
    /// Throws ``TemplateError`` if it uses a name that a row does not have, or transforms a value.
    init(render: (any MustacheParent) throws -> String) throws {
        shapes = try (0..<Conditions.combinations).map { bits in
            let conditions = Conditions(rawValue: bits)
            let shape = try Shape(Field.allCases) { try render(RowView(conditions, $0)) }
            guard let shape else {
                throw TemplateError(
                    file: "\(RowTemplate.name).mustache",
                    line: nil,
                    reason: "may print names and test conditions, but not transform them"
                )
            }
            return shape
        }
    }

    /// The writes for a row with these conditions.
    func pieces(for conditions: Conditions) -> [Shape.Piece] { shapes[conditions.rawValue].pieces }
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
