import GRDB

/// How far two plates are from one another: Levenshtein's distance, in which letters that OCR
/// confuses count as the same.
enum PlateDistance {
    static let name = "lpr_plate_distance"

    /// The distance as an SQL function of two texts.
    static var function: DatabaseFunction {
        DatabaseFunction(name, argumentCount: 2, pure: true) { values in
            guard let left = String.fromDatabaseValue(values[0]),
                let right = String.fromDatabaseValue(values[1])
            else { return nil }
            return between(left, right)
        }
    }

    /// How many differences still count as alike: a quarter of the length, two at the most.
    static func tolerance(for number: String) -> Int { min(2, max(1, number.count / 4)) }

    static func between(_ left: String, _ right: String) -> Int {
        let left = left.unicodeScalars.map(folded)
        let right = right.unicodeScalars.map(folded)
        var row = Array(0...right.count)
        for (index, scalar) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let replaced = diagonal + (right[column] == scalar ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }

    /// One representative for each group of characters that OCR confuses.
    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        representatives[scalar] ?? scalar
    }

    private static let representatives: [Unicode.Scalar: Unicode.Scalar] = {
        var map: [Unicode.Scalar: Unicode.Scalar] = [:]
        for group in groups {
            guard let first = group.unicodeScalars.first else { continue }
            for scalar in group.unicodeScalars.dropFirst() { map[scalar] = first }
        }
        return map
    }()

    /// Latin confusions seen everywhere, and those of one Thai OCR project's map whose letters do
    /// not chain into one large group (where they would, only the closest pairs are kept).
    private static let groups = [
        "0ODQ", "1I", "2Z", "5S", "6G", "8B",
        "ผฝฟพ", "ขฃฆ", "บป", "ดต", "ชซ", "สศษ", "คฅ", "ถภ", "ทธ", "รลฤ", "นม", "ณฌ", "ฎฏ", "ฬฮ",
    ]
}
