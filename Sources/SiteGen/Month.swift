import Core

/// A month of a year.
struct Month: Hashable, Comparable {
    let year: Int
    let month: Int

    init(_ day: Day) {
        (year, month, _) = day.civil
    }

    static func < (left: Month, right: Month) -> Bool {
        (left.year, left.month) < (right.year, right.month)
    }

    var days: [Day] {
        (1...Day.length(ofMonth: month, year: year)).compactMap {
            Day(year: year, month: month, day: $0)
        }
    }

    /// `2026-11`.
    var text: String { "\(Archive.padded(year, 4))-\(Archive.padded(month, 2))" }
    /// `archive/2026/11`.
    var path: String { "archive/\(Archive.padded(year, 4))/\(Archive.padded(month, 2))" }
}
