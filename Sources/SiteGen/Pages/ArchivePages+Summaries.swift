import Core

extension PageKind {
    /// A month by its days.
    static let archiveMonth = PageKind(
        "archive/{year}/{month}.html",
        dependsOn: .records,
        lists: [.archiveDay]
    ) { update in
        for month in try update.months() { try Archive(build: update.build).makeMonth(month) }
    }

    /// A year by its months.
    static let archiveYear = PageKind(
        "archive/{year}.html",
        dependsOn: .records,
        lists: [.archiveMonth]
    ) { update in
        let days = try update.build.days()
        for year in Set(try update.months().map(\.year)).sorted() {
            try Archive(build: update.build).makeYear(year, days.filter { $0.day.year == year })
        }
    }

    /// All years, and the last month's days.
    static let archive = PageKind(
        "archive.html",
        dependsOn: .records,
        lists: [.archiveYear, .archiveDay]
    ) { update in
        try Archive(build: update.build).makeFirstPage(update.build.days())
    }
}

extension Archive {
    fileprivate func makeMonth(_ month: Month) throws {
        let days = month.days
        guard let first = days.first, let last = days.last else { return }
        let counts = try build.snapshot.dayCounts(from: first, to: last)
        guard !counts.isEmpty else { return try build.output.retire(month.path + ".html") }
        let bars = days.map { Statistics.DayCount(day: $0, count: counts[$0] ?? .init()) }
        let name = Archive.padded(month.month, 2)
        try build.page(
            "\(month.path).html",
            template: "archive-month",
            section: .archive,
            title: .init(thai: "คลังข้อมูล \(month.text)", english: "Archive \(month.text)"),
            [
                "month": month.text, "year": Archive.padded(month.year, 4),
                "year_href": "../\(Archive.padded(month.year, 4)).html",
                "chart": ChartData(build: build).days(bars),
                "days": rows(bars.filter { $0.count.reads > 0 }) { day in
                    ("\(day.day)", "\(name)/\(Archive.padded(day.day.day, 2)).html")
                },
            ]
        )
    }

    fileprivate func makeYear(_ year: Int, _ days: [Statistics.DayCount]) throws {
        let path = "archive/\(Archive.padded(year, 4)).html"
        guard !days.isEmpty else { return try build.output.retire(path) }
        let months = sums(days) { Month($0.day) }
        let bars = months.map { month, count in
            Charts.Bar(
                label: month.text,
                title: "\(month.text): \(build.format.number(count.reads))",
                value: count.reads,
                part: count.hits,
                showsLabel: true
            )
        }
        try build.page(
            path,
            template: "archive-year",
            section: .archive,
            title: .init(thai: "คลังข้อมูล \(year)", english: "Archive \(year)"),
            [
                "year": "\(year)",
                "chart": Charts.columns(bars, title: "การอ่านต่อเดือน / Reads per month"),
                "months": months.map { month, count in
                    row(
                        month.text,
                        "\(Archive.padded(year, 4))/\(Archive.padded(month.month, 2)).html",
                        count
                    )
                },
            ]
        )
    }

    fileprivate func makeFirstPage(_ days: [Statistics.DayCount]) throws {
        let years = sums(days) { $0.day.year }
        try build.page(
            "archive.html",
            template: "archive",
            section: .archive,
            title: .init(thai: "คลังข้อมูล", english: "Archive"),
            [
                "has_years": !years.isEmpty,
                "years": years.reversed().map { year, count in
                    row("\(year)", "archive/\(Archive.padded(year, 4)).html", count)
                },
                "days": rows(days.suffix(31).reversed()) { day in
                    ("\(day.day)", "\(Archive.path(day.day)).html")
                },
            ]
        )
    }

    private func sums<Key: Hashable & Comparable>(
        _ days: [Statistics.DayCount],
        by key: (Statistics.DayCount) -> Key
    ) -> [(key: Key, value: Statistics.Count)] {
        var sums: [Key: Statistics.Count] = [:]
        for day in days {
            sums[key(day), default: .init()].reads += day.count.reads
            sums[key(day), default: .init()].hits += day.count.hits
        }
        return sums.sorted { $0.key < $1.key }
    }

    private func rows(
        _ days: some Sequence<Statistics.DayCount>,
        _ names: (Statistics.DayCount) -> (label: String, href: String)
    ) -> [[String: Any]] {
        days.map { day in
            let (label, href) = names(day)
            return row(label, href, day.count)
        }
    }

    private func row(
        _ label: String,
        _ href: String,
        _ count: Statistics.Count
    ) -> [String: Any] {
        [
            "label": label, "href": href, "reads": build.format.number(count.reads),
            "hits": build.format.number(count.hits), "has_hits": count.hits > 0,
        ]
    }
}
