import Core

/// Comma-separated values with a row of names (RFC 4180).
///
/// Rows are found first and read one by one, so that each can be refused by itself. A quote that is not closed takes the
/// rest of the body into its row.
struct CSVTable: Sendable {
    private let bytes: [UInt8]
    private let rows: [Range<Int>]
    private let names: [String]

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")

    /// How many rows there are below the names.
    var count: Int { rows.count }

    /// Finds the rows; blank ones count as none.
    ///
    /// Throws ``Refusal`` if the names cannot be read, or there is no row or more than `rowsMax`.
    init(_ bytes: [UInt8], rowsMax: Int) throws(Refusal) {
        self.bytes = bytes
        var rows = CSVTable.rows(bytes)
        guard let head = rows.first else { throw Refusal(.invalid, "the body contains no row") }
        rows.removeFirst()
        names = try CSVTable.cells(bytes, head).map {
            FieldText.trimming($0).lowercased()
        }
        self.rows = rows
        for required in ["license_plate_text", "reason"] where !names.contains(required) {
            throw .invalid(
                required,
                "is not a column of the CSV's header",
                code: "required"
            )
        }
        guard !rows.isEmpty else {
            throw Refusal(.invalid, "the CSV has no row below its header")
        }
        guard rows.count <= rowsMax else {
            throw Refusal(.tooLarge, "one body may hold at most \(rowsMax) entries; send several")
        }
    }

    /// A row's cells by their names; an empty cell counts as absent.
    func fields(_ index: Int) throws(Refusal) -> Fields {
        let cells = try CSVTable.cells(bytes, rows[index])
        guard cells.count <= names.count else {
            throw Refusal(
                .invalid,
                "the row has \(cells.count) cells, but there are \(names.count) names; "
                    + "a cell that holds a comma must stand in quotes",
                code: "invalid_csv"
            )
        }
        return try Fields(
            .object(
                zip(names, cells).filter { !$1.isEmpty }.map { JSON.Member($0, .string($1)) }
            )
        )
    }

    private static func rows(_ bytes: [UInt8]) -> [Range<Int>] {
        var rows: [Range<Int>] = []
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var isQuoted = false
        for position in start..<bytes.count {
            if bytes[position] == quote {
                isQuoted.toggle()
            } else if bytes[position] == 0x0A, !isQuoted {
                rows.append(start..<position)
                start = position + 1
            }
        }
        rows.append(start..<bytes.count)
        return rows.filter { row in !bytes[row].allSatisfy(\.isBlank) }
    }

    private static func cells(_ bytes: [UInt8], _ row: Range<Int>) throws(Refusal) -> [String] {
        var end = row.upperBound
        if end > row.lowerBound, bytes[end - 1] == 0x0D { end -= 1 }
        var cells: [String] = []
        var position = row.lowerBound
        while true {
            if position < end, bytes[position] == quote {
                cells.append(try quoted(bytes, &position, end))
            } else {
                let begin = position
                while position < end, bytes[position] != comma { position += 1 }
                cells.append(try text(bytes[begin..<position]))
            }
            guard position < end else { return cells }
            guard bytes[position] == comma else {
                throw Refusal(
                    .invalid,
                    "a quoted cell must end at a comma or at the end of its row",
                    code: "invalid_csv"
                )
            }
            position += 1
        }
    }

    /// A cell in quotes, in which two of them stand for one.
    private static func quoted(
        _ bytes: [UInt8],
        _ position: inout Int,
        _ end: Int
    ) throws(Refusal) -> String {
        var cell: [UInt8] = []
        position += 1
        while position < end {
            if bytes[position] == quote {
                guard position + 1 < end, bytes[position + 1] == quote else {
                    position += 1
                    return try text(cell[...])
                }
                position += 1
            }
            cell.append(bytes[position])
            position += 1
        }
        throw Refusal(.invalid, "a quote is not closed in this row", code: "invalid_csv")
    }

    private static func text(_ bytes: ArraySlice<UInt8>) throws(Refusal) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Refusal(
                .invalid,
                "a cell is not valid UTF-8; save the file as CSV UTF-8",
                code: "not_utf8"
            )
        }
        return text
    }
}
