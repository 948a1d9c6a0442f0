import Core

/// One building of pages: from one snapshot, with one set of templates, into one folder.
struct SiteBuild {
    let snapshot: Snapshot
    let options: SiteOptions
    let templates: Templates
    let output: Output
    let print: Print

    init(_ snapshot: Snapshot, _ options: SiteOptions, _ templates: Templates, _ output: Output) {
        self.snapshot = snapshot
        self.options = options
        self.templates = templates
        self.output = output
        print = Print(calendar: snapshot.calendar)
    }

    /// A page's title in both languages.
    struct Title {
        let thai: String
        let english: String
    }

    /// Renders a page inside the layout and writes it.
    func page(
        _ path: String,
        template: String,
        section: Section,
        title: Title,
        _ values: [String: Any]
    ) throws {
        let root = String(repeating: "../", count: path.count { $0 == "/" })
        var values = values
        values["root"] = root
        let main = try templates.render(template, View(values))
        var layout: [String: Any] = [
            "root": root, "main": main, "site_name": options.name,
            "language": options.language.rawValue, "title_th": title.thai,
            "title_en": title.english,
        ]
        for other in Section.allCases { layout["in_\(other.rawValue)"] = other == section }
        try output.write(path, try templates.render("layout", View(layout)))
    }

    /// Records as rows of HTML; `root` is the way from the page to the site's root.
    func rows(_ records: [Record], root: String = "") -> String {
        RowWriter(template: templates.row, print: print).rows(records, root: root)
    }
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
