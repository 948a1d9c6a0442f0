import Core
import Testing

@testable import SiteGen

/// What a generator remembers must make no difference.
@Suite struct SiteMemoryTests {
    private func row(_ text: String) -> PrintedRow {
        PrintedRow(bytes: Array(text.utf8), roots: [1])
    }

    @Test func aRememberedRowLeadsToTheRootOfEachPage() {
        var rows = PrintedRows()
        rows.keep(row("<>"), of: 7)
        for root in ["", "../", "../../../../"] {
            var page: [UInt8] = []
            rows.find(7)?.append(root: Array(root.utf8), to: &page)
            #expect(String(decoding: page, as: UTF8.self) == "<\(root)>")
        }
    }

    /// Memory is bounded, and what is asked for again and again stays.
    @Test func whatNoPageShowsIsForgotten() {
        var rows = PrintedRows()
        rows.keep(row("first"), of: 0)
        let kilobyte = String(repeating: "x", count: 1_024)
        for id in 1...20_000 as ClosedRange<Int64> {
            rows.keep(row(kilobyte), of: id)
            if id.isMultiple(of: 100) { #expect(rows.find(0) != nil) }
        }
        #expect(rows.find(1) == nil)
        #expect(rows.find(20_000) != nil)
    }

    @Test func daysStayInTheirOrder() throws {
        func day(_ number: Int) -> Day { Day(daysSinceEpoch: number) }
        var days = KnownDays([])
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
    /// Pages of some templates of this site's own folder, as they are written.
    fileprivate func pages(
        _ templates: [String],
        rows: (SiteBuild) throws -> [UInt8] = { _ in [] }
    ) throws -> [String] {
        let output = try Output(path: options.publicPath)
        try store.readAndWait { snapshot in
            let build = SiteBuild(
                snapshot,
                options,
                try Templates(path: path("templates")),
                output,
                SiteMemory(fingerprint: "")
            )
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
