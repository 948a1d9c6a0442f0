import Core
import Testing

@testable import SiteGen

/// What a generator remembers must make no difference.
@Suite struct BuildCacheTests {
    /// A row with the way to the root behind its first byte.
    private func row(_ text: String) -> RenderedRow {
        let bytes = Array(text.utf8)
        return RenderedRow(bytes: bytes[..<1] + [RenderedRow.rootMark] + bytes[1...])
    }

    private func find(_ id: Int64, in rows: inout RowCache, root: String = "") -> String? {
        var page: [UInt8] = []
        guard rows.append(id, root: Array(root.utf8), to: &page) else { return nil }
        return String(decoding: page, as: UTF8.self)
    }

    @Test func aRememberedRowLeadsToTheRootOfEachPage() {
        var rows = RowCache()
        rows.keep(row("<>"), of: 7)
        for root in ["", "../", "../../../../"] {
            #expect(find(7, in: &rows, root: root) == "<\(root)>")
        }
    }

    /// Memory is bounded, and what is asked for again and again stays.
    @Test func whatNoPageShowsIsForgotten() {
        var rows = RowCache()
        rows.keep(row("first"), of: 0)
        let kilobyte = String(repeating: "x", count: 1_024)
        for id in 1...20_000 as ClosedRange<Int64> {
            rows.keep(row(kilobyte), of: id)
            if id.isMultiple(of: 100) { #expect(find(0, in: &rows) == "first") }
        }
        #expect(find(1, in: &rows) == nil)
        #expect(find(20_000, in: &rows) == kilobyte)
    }

    @Test func daysStayInTheirOrder() throws {
        func day(_ number: Int) -> Day { Day(daysSinceEpoch: number) }
        var days = DayCache([])
        for number in [5, 9, 7, 1] { days.set(.init(reads: number), for: day(number)) }
        #expect(days.list.map(\.count.reads) == [1, 5, 7, 9])
        days.set(.init(reads: 70), for: day(7))
        days.set(nil, for: day(1))
        days.set(nil, for: day(2))
        #expect(days.list.map(\.count.reads) == [5, 70, 9])
    }

    /// A template may do more with rows than print them once.
    @Test(arguments: ["{{{rows}}}|{{{rows}}}", "{{^rows}}none{{/rows}}", "{{rows}}"])
    func rowsComeOutAsTheTemplateSays(template: String) async throws {
        let site = try TestSite()
        try site.put("{{{main}}}", "templates/layout.mustache")
        try site.put("{{plate}};", "templates/partials/row.mustache")
        try site.put(template, "templates/page.mustache")
        _ = try await site.recorder.record(site.read("กข 1", seen: "2026-01-01T00:00:00Z"))
        let pages = try site.pages(["page"]) { try $0.rows($0.snapshot.newestIDs(1)) }
        let expected = [
            "{{{rows}}}|{{{rows}}}": "กข 1;|กข 1;", "{{^rows}}none{{/rows}}": "",
            "{{rows}}": "กข 1;",
        ]
        #expect(pages == [expected[template]])
        try await site.close()
    }

    /// So it may where rows are printed only when their page is written.
    @Test(arguments: [
        ("{{day}} {{{rows}}}!", "2026 <i>กข 1x;<i>กข 2x;!"),
        ("{{{rows}}}|{{{rows}}}", "<i>กข 1x;<i>กข 2x;|<i>กข 1x;<i>กข 2x;"),
        ("{{rows}}", "&lt;i&gt;กข 1x;&lt;i&gt;กข 2x;"),
        ("{{{uppercased(rows)}}}", "<I>กข 1X;<I>กข 2X;"),
        ("{{#rows}}some{{/rows}}", "some"), ("{{^rows}}none{{/rows}}", ""),
    ])
    func linesComeOutAsTheTemplateSays(template: String, expected: String) async throws {
        let site = try TestSite()
        try site.put("{{{main}}}", "templates/layout.mustache")
        try site.put("<i>{{plate}}x;", "templates/partials/row.mustache")
        try site.put(template, "templates/page.mustache")
        _ = try await site.recorder.record([
            site.read("กข 1", seen: "2026-01-01T00:00:00Z"),
            site.read("กข 2", seen: "2026-01-01T00:00:00Z"),
        ])
        let output = try Output(path: site.options.publicPath)
        for isBeside in [true, false] {
            try site.store.readAndWait { snapshot in
                let build = try site.build(snapshot, output)
                let day = snapshot.calendar.day(of: Timestamp(milliseconds: 1_767_225_600_000))
                let places = try snapshot.sortKeys(of: day, before: nil, count: 9)
                let (first, last) = (try #require(places.first), try #require(places.last))
                func make() throws {
                    try build.page(
                        "page-\(isBeside).html",
                        template: "page",
                        section: .home,
                        title: .init(thai: "ไทย", english: "English"),
                        ["day": "2026"],
                        records: try build.records(from: first, through: last)
                    )
                }
                if isBeside { try output.writingBeside(make) } else { try make() }
            }
            #expect(try site.text("page-\(isBeside).html") == expected)
        }
        try await site.close()
    }

    /// Where a layout changes what it prints, each page goes through it.
    @Test func aLayoutMayChangeTitles() async throws {
        let site = try TestSite()
        try site.put("{{uppercased(title_en)}} {{{main}}}", "templates/layout.mustache")
        try site.put("", "templates/partials/row.mustache")
        try site.put("text", "templates/page.mustache")
        #expect(try site.pages(["page"]) == ["ENGLISH text"])
        try await site.close()
    }
}

extension TestSite {
    /// A building with this site's own templates.
    fileprivate func build(_ snapshot: any StoreSnapshot, _ output: Output) throws -> SiteBuild {
        SiteBuild(
            snapshot,
            options,
            try Templates(path: path("templates")),
            output,
            BuildCache(fingerprint: "")
        )
    }

    /// Pages of some templates of this site's own folder, as they are written.
    fileprivate func pages(
        _ templates: [String],
        rows: (SiteBuild) throws -> [UInt8] = { _ in [] }
    ) throws -> [String] {
        let output = try Output(path: options.publicPath)
        try store.readAndWait { snapshot in
            let build = try build(snapshot, output)
            for name in templates {
                try build.page(
                    "\(name).html",
                    template: name,
                    section: .home,
                    title: .init(thai: "ไทย", english: "English"),
                    [:],
                    rows: try rows(build)
                )
            }
        }
        return try templates.map { try text("\($0).html") }
    }
}
