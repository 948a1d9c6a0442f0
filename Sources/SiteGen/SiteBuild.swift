import Core

/// One building of pages: from one snapshot, with one set of templates, into one folder.
final class SiteBuild {
    let snapshot: Snapshot
    let options: SiteOptions
    let templates: Templates
    let output: Output
    let print: Print
    /// What earlier buildings found out, and this one.
    var memory: SiteMemory
    private var figures: [Day: DayFigures] = [:]
    private var knownCameras: [Camera]?

    /// Days whose figures are kept at a time; an update is about one or two.
    private static let figuresMax = 8
    /// Stands in for a page's rows while its template is rendered.
    private static let rowsMark = MarkedText.mark(0)

    init(
        _ snapshot: Snapshot,
        _ options: SiteOptions,
        _ templates: Templates,
        _ output: Output,
        _ memory: SiteMemory
    ) {
        self.snapshot = snapshot
        self.options = options
        self.templates = templates
        self.output = output
        self.memory = memory
        print = Print(calendar: snapshot.calendar)
    }

    /// A page's title in both languages.
    struct Title {
        let thai: String
        let english: String
    }

    // MARK: - What several pages show

    /// The figures of a day, asked for once.
    func figures(of day: Day) throws -> DayFigures {
        if let known = figures[day] { return known }
        if figures.count >= SiteBuild.figuresMax { figures = [:] }
        let found = try snapshot.figures(of: day)
        figures[day] = found
        return found
    }

    /// All cameras by their names, asked for once.
    func cameras() throws -> [Camera] {
        if let knownCameras { return knownCameras }
        let found = try snapshot.cameras().sorted { $0.id < $1.id }
        knownCameras = found
        return found
    }

    /// All days with records, oldest first.
    func days() throws -> [Statistics.DayCount] {
        if let known = memory.days { return known.list }
        let found = try snapshot.daysWithRecords()
        memory.days = KnownDays(found)
        return found
    }

    /// Corrects what is remembered of some days; nil where it could be any.
    func correct(_ days: Set<Day>?) throws {
        guard let days else { return memory.days = nil }
        guard memory.days != nil else { return }
        for day in days {
            memory.days?.set(try snapshot.dayCounts(from: day, to: day)[day], for: day)
        }
    }

    // MARK: - Rows

    /// Records as rows of HTML; `root` is the way from the page to the site's root.
    ///
    /// Rows that are not `remembered` are printed for this page alone: the archive's will not be
    /// asked for again.
    func rows(
        _ ids: [Int64],
        root: String = "",
        remembered: Bool = true
    ) throws -> [UInt8] {
        let root = Array(root.utf8)
        let writer = RowWriter(template: templates.row, print: print)
        let reader = try snapshot.lineReader()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count * 640)
        for id in ids {
            if let row = memory.rows.find(id) {
                row.append(root: root, to: &bytes)
            } else if let line = try reader.line(of: id) {
                guard remembered else {
                    writer.write(line, root: root, to: &bytes)
                    continue
                }
                let row = writer.row(line)
                row.append(root: root, to: &bytes)
                memory.rows.keep(row, of: id)
            }
        }
        return bytes
    }

    // MARK: - Pages

    /// Renders a page inside the layout and writes it; `rows` stand where the template says `{{{rows}}}`.
    func page(
        _ path: String,
        template: String,
        section: Section,
        title: Title,
        _ values: [String: Any],
        rows: [UInt8]? = nil
    ) throws {
        let root = String(repeating: "../", count: path.utf8.count { $0 == UInt8(ascii: "/") })
        var values = values
        values["root"] = root
        let main = try main(template, values, rows)
        guard let frame = try frame(.init(section: section, root: root)) else {
            let values = ["main": String(decoding: main, as: UTF8.self)]
            return try output.write(
                path,
                try layout(section, root, values.merging(title.values) { $1 })
            )
        }
        try output.write(path, frame.page(title: title, main: main))
    }

    /// Rows are thousands of bytes that the template does nothing with: they are put in afterwards.
    private func main(
        _ template: String,
        _ values: [String: Any],
        _ rows: [UInt8]?
    ) throws -> [UInt8] {
        guard let rows else { return Array(try templates.render(template, View(values)).utf8) }
        var values = values
        values["rows"] = rows.isEmpty ? "" : SiteBuild.rowsMark
        let text = try templates.render(template, View(values))
        guard !rows.isEmpty else { return Array(text.utf8) }
        if let marked = MarkedText(text), marked.areAsTheyAre { return marked.filled { _ in rows } }
        // The template does something else with them than print them.
        values["rows"] = String(decoding: rows, as: UTF8.self)
        return Array(try templates.render(template, View(values)).utf8)
    }

    private func frame(_ place: PageFrame.Place) throws -> PageFrame? {
        if let known = memory.frames[place] { return known }
        let frame = try PageFrame { try layout(place.section, place.root, $0) }
        memory.frames[place] = frame
        return frame
    }

    private func layout(
        _ section: Section,
        _ root: String,
        _ page: [String: String]
    ) throws -> String {
        var values: [String: Any] = page
        values["root"] = root
        values["site_name"] = options.name
        values["language"] = options.language.rawValue
        for other in Section.allCases { values["in_\(other.rawValue)"] = other == section }
        return try templates.render("layout", View(values))
    }
}

extension SiteBuild.Title {
    /// By their names in the layout.
    fileprivate var values: [String: String] { ["title_th": thai, "title_en": english] }
}

/// The parts of the site between which the navigation leads.
enum Section: String, CaseIterable {
    case home
    case dashboard
    case records
    case alerts
    case blacklist
    case cameras
    case health
    case archive
}
