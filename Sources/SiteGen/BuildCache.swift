import Core

/// The cache that a generator keeps between builds.
///
/// It has only what cannot change without an event that says so; dropping it costs only time.
struct BuildCache: Sendable {
    /// The fingerprint of templates and options for which it is valid.
    let fingerprint: String
    /// Rendered rows.
    var rows = RowCache()
    /// Precompiled templates; nil for those that cannot be precompiled.
    var shapes: [TemplateConditions: PrecompiledTemplate<String>?] = [:]
    /// The days with records; nil if they must be queried.
    var days: DayCache?

    /// The records' JSON in `data/records.json`, by id.
    var records: [Int64: [UInt8]] = [:]

    /// The number of templates beyond which the cache is cleared: a template has few combinations of conditions.
    static let shapesMax = 256

    init(fingerprint: String) { self.fingerprint = fingerprint }
}

/// All days with records, oldest first, so that one change does not query years of them again.
struct DayCache: Sendable {
    private(set) var list: [Statistics.DayCount]

    init(_ list: [Statistics.DayCount]) { self.list = list }

    /// Sets a day's counts; nil if it has no record any more.
    mutating func set(_ count: Statistics.Count?, for day: Day) {
        // Searched from the end: it is nearly always the last one.
        let before = list.lastIndex { $0.day < day }.map { $0 + 1 } ?? 0
        let isThere = before < list.count && list[before].day == day
        let new = count.map { [Statistics.DayCount(day: day, count: $0)] } ?? []
        list.replaceSubrange(before..<(isThere ? before + 1 : before), with: new)
    }
}
