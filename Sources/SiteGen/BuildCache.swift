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

/// The rows that were printed last, by their records' ids.
///
/// A busy camera's page shows fifty reads of which most were on it a moment ago.
struct RowCache: Sendable {
    /// Bytes of rows after which a new half is begun: 8 MiB in all.
    private static let halfBytesMax = 4 * 1_024 * 1_024
    /// What a row takes besides its bytes.
    private static let overheadBytes = 128

    private var young: [Int64: PrintedRow] = [:]
    /// Those that no page has shown since the last half was begun are let go with the next.
    private var old: [Int64: PrintedRow] = [:]
    private var bytes = 0

    /// The row of a record; nil where it is not remembered.
    mutating func find(_ id: Int64) -> PrintedRow? {
        if let row = young[id] { return row }
        guard let row = old[id] else { return nil }
        keep(row, of: id)
        return row
    }

    /// Remembers a row.
    mutating func keep(_ row: PrintedRow, of id: Int64) {
        if bytes > RowCache.halfBytesMax { (old, young, bytes) = (young, [:], 0) }
        young[id] = row
        bytes += row.count + RowCache.overheadBytes
    }
}
