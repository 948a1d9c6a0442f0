import Core

/// What a generator remembers from one building to the next.
///
/// Only what cannot change without an event that tells it: forgetting all of it costs time and nothing
/// else.
struct BuildCache: Sendable {
    /// What the templates and options were when it was remembered.
    let fingerprint: String
    /// Rows that were printed.
    var rows = RowCache()
    /// Templates that were rendered beforehand; nil for those that cannot be.
    var shapes: [PrecompiledTemplate.Conditions: PrecompiledTemplate?] = [:]
    /// The days with records; nil where they must be asked for.
    var days: DayCache?

    /// The records of `data/records.json` as they stand in it, by their ids.
    var records: [Int64: [UInt8]] = [:]

    /// Shapes beyond which all are forgotten: a template has a few conditions.
    static let shapesMax = 256

    init(fingerprint: String) { self.fingerprint = fingerprint }
}

/// All days with records, oldest first: years of them need not be asked for because one has changed.
struct DayCache: Sendable {
    private(set) var list: [Statistics.DayCount]

    init(_ list: [Statistics.DayCount]) { self.list = list }

    /// Takes over what a day's figures are now; nil where it has no record any more.
    mutating func set(_ count: Statistics.Count?, for day: Day) {
        // Looked for from the end: it is nearly always the last one.
        let before = list.lastIndex { $0.day < day }.map { $0 + 1 } ?? 0
        let isThere = before < list.count && list[before].day == day
        let new = count.map { [Statistics.DayCount(day: day, count: $0)] } ?? []
        list.replaceSubrange(before..<(isThere ? before + 1 : before), with: new)
    }
}
