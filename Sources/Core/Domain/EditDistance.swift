/// The Levenshtein distance.
public enum EditDistance {
    /// How many elements must be replaced, inserted or deleted to make one sequence of the other.
    public static func between<Element: Equatable>(
        _ left: [Element],
        _ right: [Element]
    ) -> Int {
        var row: [Int] = []
        return between(left, right, row: &row)
    }

    /// The same, with scratch memory: as many numbers as `right` has elements, and one.
    static func between<Element: Equatable>(
        _ left: [Element],
        _ right: [Element],
        row: inout [Int]
    ) -> Int {
        row.removeAll(keepingCapacity: true)
        row.append(contentsOf: 0...right.count)
        for (index, element) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let replaced = diagonal + (right[column] == element ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
