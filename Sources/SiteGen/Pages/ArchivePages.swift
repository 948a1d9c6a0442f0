import Core

extension PageKind {
    /// All records of a day, in numbered pages.
    static let archivePage = PageKind(
        "archive/{year}/{month}/{day}/{page}.html",
        dependsOn: .records,
        lists: [.camera]
    ) { update in
        let days = try update.days()
        for (index, day) in days.enumerated() {
            update.progress("\(Archive.path(day.day)) (\(index + 1) of \(days.count) days)")
            try Archive(build: update.build).makePages(of: day.day, from: day.from)
        }
    }

    /// A day in numbers, with the way to its pages.
    static let archiveDay = PageKind(
        "archive/{year}/{month}/{day}.html",
        dependsOn: .records,
        lists: [.archivePage, .camera]
    ) { update in
        for (day, _) in try update.days() { try Archive(build: update.build).makeSummary(of: day) }
    }
}

/// All records by day, oldest first, in numbered pages.
///
/// It grows by appending: a full page with a successor is final. A late read renders its day's pages again from its
/// position on.
struct Archive {
    let build: SiteBuild

    private var pageRecords: Int { build.options.archivePageRecords }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// `archive/2026/11/23`, without the extension.
    static func path(_ day: Day) -> String {
        "\(Month(day).path)/\(padded(day.day, 2))"
    }

    /// `archive/2026/11/23/1.html`; pages are counted from 1.
    static func path(_ day: Day, page: Int) -> String { "\(path(day))/\(page).html" }

    /// Renders a day's numbered pages from a position on, or all of them; surplus pages are removed.
    func makePages(of day: Day, from place: SortKey?) throws {
        let count = try dayCount(day).reads
        try makePages(
            of: day,
            count: count,
            from: try firstPage(of: day, count: count, from: place)
        )
        var stale = pages(of: count) + 1
        while build.output.exists(Archive.path(day, page: stale)) {
            try build.output.retire(Archive.path(day, page: stale))
            stale += 1
        }
    }

    /// The page, from 0, from which on a day's pages differ if records came from a place on.
    private func firstPage(of day: Day, count: Int, from place: SortKey?) throws -> Int {
        guard let place else { return 0 }
        let behind = try build.snapshot.countOfRecords(of: day, from: place)
        let rank = max(0, count - behind)
        // Where the first new record opens a page, the one before gets its link to the next.
        return rank % pageRecords == 0 ? max(0, rank / pageRecords - 1) : rank / pageRecords
    }

    private func dayCount(_ day: Day) throws -> Statistics.Count {
        try build.snapshot.dayCounts(from: day, to: day)[day] ?? Statistics.Count()
    }

    private func pages(of count: Int) -> Int { (count + pageRecords - 1) / pageRecords }

    /// Renders the numbered pages from the last down to `first` (from 0): a page that others link to exists before
    /// them, and a day's newest records are found without passing the older ones.
    private func makePages(of day: Day, count: Int, from first: Int) throws {
        let pages = pages(of: count)
        var place: SortKey?
        for page in (first..<max(first, pages)).reversed() {
            let places = try build.snapshot.sortKeys(
                of: day,
                before: place,
                count: min(pageRecords, count - page * pageRecords)
            )
            guard let first = places.first, let last = places.last else { continue }
            place = first
            let records = try build.records(from: first, through: last)
            try makePage(of: day, number: page + 1, records, isLast: page == pages - 1)
        }
    }

    private func makePage(of day: Day, number: Int, _ records: [RecordRow], isLast: Bool) throws {
        let dayName = Archive.padded(day.day, 2)
        try build.page(
            Archive.path(day, page: number),
            template: "archive-page",
            section: .archive,
            title: .init(thai: "\(day) หน้า \(number)", english: "\(day) page \(number)"),
            [
                "day": day.description, "day_href": "../\(dayName).html", "number": "\(number)",
                "has_previous": number > 1, "previous": "\(number - 1).html",
                "has_next": !isLast, "next": "\(number + 1).html",
            ],
            records: records
        )
    }

    /// Renders a day's summary, or removes it if the day has no record left.
    func makeSummary(of day: Day) throws {
        let count = try dayCount(day)
        guard count.reads > 0 else { return try build.output.retire(Archive.path(day) + ".html") }
        let name = Archive.padded(day.day, 2)
        let pages = pages(of: count.reads)
        let statistics = try build.statistics(of: day)
        let cameras = try build.cameras().compactMap { camera -> [String: Any]? in
            guard let count = statistics.count(ofCamera: camera.number) else { return nil }
            return [
                "camera": camera.id, "href": "../../../cameras/\(camera.number).html",
                "reads": build.format.number(count.reads), "hits": build.format.number(count.hits),
            ]
        }
        try build.page(
            "\(Archive.path(day)).html",
            template: "archive-day",
            section: .archive,
            title: .init(thai: "คลังข้อมูล \(day)", english: "Archive \(day)"),
            [
                "day": day.description, "month": Month(day).text,
                "month_href": "../\(Archive.padded(day.month, 2)).html",
                "reads": build.format.number(count.reads), "hits": build.format.number(count.hits),
                "chart": ChartData(build: build).hours(statistics.hours),
                "pages": build.format.number(pages), "first": "\(name)/1.html",
                "last": "\(name)/\(pages).html",
                "hours": hourRows(statistics.hours, folder: name), "cameras": cameras,
            ]
        )
    }

    /// A row per hour with reads, linked to the page on which the hour begins: at most 24, however many pages the day
    /// has.
    private func hourRows(_ hours: [Statistics.Count], folder: String) -> [[String: Any]] {
        var before = 0
        return hours.enumerated().compactMap { hour, count in
            guard count.reads > 0 else { return nil }
            defer { before += count.reads }
            let page = before / pageRecords + 1
            return [
                "hour": "\(Archive.padded(hour, 2)):00", "page": "\(page)",
                "href": "\(folder)/\(page).html", "reads": build.format.number(count.reads),
                "hits": build.format.number(count.hits),
            ]
        }
    }
}
