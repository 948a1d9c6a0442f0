import Core

/// One build: from one snapshot, with one set of templates, into one folder.
final class SiteBuild {
    let snapshot: any StoreSnapshot
    let options: SiteOptions
    let templates: Templates
    let output: Output
    let format: Formatter
    /// The caches of earlier builds and this one.
    var cache: BuildCache
    private var present: Statistics?
    private var dayStatistics: [Day: DayStatistics] = [:]
    private var knownCameras: [Camera]?
    private var reader: (any RowReader)?

    /// The number of days with cached statistics; an update is about one or two.
    private static let daysMax = 8

    init(
        _ snapshot: any StoreSnapshot,
        _ options: SiteOptions,
        _ templates: Templates,
        _ output: Output,
        _ cache: BuildCache
    ) {
        self.snapshot = snapshot
        self.options = options
        self.templates = templates
        self.output = output
        self.cache = cache
        format = Formatter(calendar: snapshot.calendar)
    }

    /// A page's title in both languages.
    struct Title {
        let thai: String
        let english: String
    }

    // MARK: - What several pages show

    /// The current counters, queried once.
    func statistics() throws -> Statistics {
        if let present { return present }
        let found = try snapshot.statistics()
        present = found
        return found
    }

    /// A day's counters, queried once.
    func statistics(of day: Day) throws -> DayStatistics {
        if let known = dayStatistics[day] { return known }
        if dayStatistics.count >= SiteBuild.daysMax { dayStatistics = [:] }
        let found = try snapshot.statistics(of: day)
        dayStatistics[day] = found
        return found
    }

    /// All cameras by name, queried once.
    func cameras() throws -> [Camera] {
        if let knownCameras { return knownCameras }
        let found = try snapshot.cameras().sorted { $0.id < $1.id }
        knownCameras = found
        return found
    }

    /// All days with records, oldest first.
    func days() throws -> [Statistics.DayCount] {
        if let known = cache.days { return known.list }
        let found = try snapshot.daysWithRecords()
        cache.days = DayCache(found)
        return found
    }

    /// Invalidates the cache for some days; nil: for all.
    func invalidate(_ days: Set<Day>?) throws {
        guard let days else { return cache.days = nil }
        guard cache.days != nil else { return }
        for day in days {
            cache.days?.set(try snapshot.dayCounts(from: day, to: day)[day], for: day)
        }
    }

    /// Evicts records that look otherwise than before from the cache.
    func invalidate(records: Set<Int64>) {
        for id in records {
            cache.rows.evict(id)
            cache.records[id] = nil
        }
    }

    // MARK: - Rows

    /// Records as HTML rows; `root` is the relative path from the page to the site's root.
    func rows(_ ids: [Int64], root: String = "") throws -> [UInt8] {
        let root = Array(root.utf8)
        let writer = RowWriter(template: templates.row, format: format)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count * RowWriter.rowBytes)
        for id in ids {
            if cache.rows.append(id, root: root, to: &bytes) { continue }
            if let record = try rowReader().row(of: id) {
                let row = writer.row(record)
                row.append(root: root, to: &bytes)
                cache.rows.keep(row, of: id)
            }
        }
        return bytes
    }

    /// All records of a range, oldest first; not cached, because the archive's are used once.
    func records(from first: SortKey, through last: SortKey) throws -> [RecordRow] {
        try rowReader().rows(from: first, through: last)
    }

    private func rowReader() throws -> any RowReader {
        if let reader { return reader }
        let new = try snapshot.rowReader()
        reader = new
        return new
    }

    // MARK: - Pages

    /// Renders a page in the layout and writes it; `rows` replace `{{{rows}}}`.
    func page(
        _ path: String,
        template: String,
        section: Section,
        title: Title,
        _ values: [String: Any],
        rows: [UInt8]? = nil
    ) throws {
        let page = try BuildError.naming(path) {
            try whole(path, template, section, title, values, rows)
        }
        try output.write(path, page)
    }

    /// The same with records as its rows, which are rendered when the page is written.
    func page(
        _ path: String,
        template: String,
        section: Section,
        title: Title,
        _ values: [String: Any],
        records: [RecordRow]
    ) throws {
        let rows = RowList(
            records: records,
            template: templates.row,
            calendar: snapshot.calendar,
            root: Array(SiteBuild.root(of: path).utf8)
        )
        let page = try BuildError.naming(path) {
            let marked = try whole(path, template, section, title, values, DeferredPage.mark)
            if !records.isEmpty, let page = DeferredPage(marked, rows: rows) { return page }
            // The template does something else with them than print them.
            var bytes: [UInt8] = []
            rows.append(to: &bytes)
            return DeferredPage(try whole(path, template, section, title, values, bytes))
        }
        try output.write(path, page)
    }

    /// Renders a part of a page.
    func part(_ template: String, _ values: [String: Any]) throws -> [UInt8] {
        try render(template, values, nil)
    }

    private func whole(
        _ path: String,
        _ template: String,
        _ section: Section,
        _ title: Title,
        _ values: [String: Any],
        _ rows: [UInt8]?
    ) throws -> [UInt8] {
        let root = SiteBuild.root(of: path)
        var values = values
        values["root"] = root
        var layout: [String: Any] = [
            "root": root, "site_name": options.name, "language": options.language.rawValue,
            "title_th": title.thai, "title_en": title.english,
            "time_zone": format.zone, "zone_label": format.zoneLabel,
        ]
        for other in Section.allCases { layout["in_\(other.rawValue)"] = other == section }
        let main = try render(template, values, rows.map { ("rows", $0) })
        return try render("layout", layout, ("main", main))
    }

    /// The relative path from a page to the site's root.
    ///
    /// An ``ErrorPage`` is shown at any path, and only by a server: its root is the server's.
    private static func root(of path: String) -> String {
        guard !ErrorPage.paths.contains(path) else { return "/" }
        return String(repeating: "../", count: path.utf8.count { $0 == UInt8(ascii: "/") })
    }

    /// Renders a template with its values, one of which may be long bytes: thousands of rows, which templates only
    /// print.
    private func render(
        _ template: String,
        _ values: [String: Any],
        _ long: (name: String, bytes: [UInt8])?
    ) throws -> [UInt8] {
        if let conditions = TemplateConditions(template, values, long: long) {
            if let shape = try shape(conditions) {
                return shape.filled { name in
                    if let long, name == long.name { return long.bytes }
                    return Array((values[name] as? String ?? "").utf8)
                }
            }
        } else if let long, !long.bytes.isEmpty {
            var values = values
            values[long.name] = Placeholder.text(0)
            let rendered = try templates.render(template, View(values))
            let shape = PrecompiledTemplate([long.name], rendered: rendered)
            if let shape, shape.printsUnescaped { return shape.filled { _ in long.bytes } }
        }
        // The template does more with its values than print them.
        var values = values
        if let long { values[long.name] = String(decoding: long.bytes, as: UTF8.self) }
        return Array(try templates.render(template, View(values)).utf8)
    }

    private func shape(_ conditions: TemplateConditions) throws -> PrecompiledTemplate<String>? {
        if let known = cache.shapes[conditions] { return known }
        if cache.shapes.count >= BuildCache.shapesMax { cache.shapes = [:] }
        let shape = try PrecompiledTemplate(conditions.texts) { text in
            try templates.render(conditions.template, View(conditions.values(text)))
        }
        cache.shapes[conditions] = .some(shape)
        return shape
    }
}

/// The sections of the navigation.
enum Section: String, CaseIterable {
    case home
    case dashboard
    case records
    case alerts
    case blacklist
    case cameras
    case health
    case archive
    case people
    case tokens
    case audit
    case account
    case signIn = "sign_in"
}
