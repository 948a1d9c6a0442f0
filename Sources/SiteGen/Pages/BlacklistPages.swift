import Core

extension PageKind {
    /// All entries, in numbered pages.
    static let blacklistPage = PageKind("blacklist/{page}.html", dependsOn: .blacklist) { update in
        guard update.changes?.entries.isEmpty != true else { return }
        try BlacklistPages(build: update.build).makeEach(of: update.changes?.entries)
    }

    /// The newest entries, and reads of their plates.
    static let blacklist = PageKind(
        "blacklist.html",
        dependsOn: .blacklist,
        lists: [.blacklistPage]
    ) { try BlacklistPages(build: $0.build).makeFirst() }
}

/// `/blacklist`: the newest entries, and what was read of them; `/blacklist/1`, `/blacklist/2` …: all entries.
///
/// A numbered page has a fixed range of ids, so that a change affects one page however long the list is.
struct BlacklistPages {
    let build: SiteBuild

    /// Entries on the first page; older ones are on the numbered pages.
    static let newest = 100

    private var pageEntries: Int64 { Int64(build.options.blacklistPageEntries) }

    /// `blacklist/3.html`; pages are counted from 1.
    static func path(page: Int64) -> String { "blacklist/\(page).html" }

    private func page(of id: Int64) -> Int64 { (id - 1) / pageEntries + 1 }

    /// Renders the first page.
    func makeFirst() throws {
        let entries = try build.snapshot.newestListed(BlacklistPages.newest)
        let lengths = try build.snapshot.listLengths()
        let ids = try build.snapshot.newestHitIDs(50)
        let last = page(of: try build.snapshot.newestListedID())
        try build.page(
            "blacklist.html",
            template: "blacklist",
            section: .blacklist,
            title: .init(thai: "บัญชีดำ", english: "Blacklist"),
            [
                "count": build.format.number(lengths.counting),
                "has_entries": !entries.isEmpty,
                "entries": try rows(entries),
                "has_more": lengths.notRemoved > entries.count,
                "shown": build.format.number(entries.count),
                "last": BlacklistPages.path(page: last),
                "has_rows": !ids.isEmpty,
            ],
            rows: build.rows(ids)
        )
    }

    /// Renders the numbered pages of changed entries; all if nil.
    func makeEach(of changed: [ClosedRange<Int64>]?) throws {
        let newest = try build.snapshot.newestListedID()
        guard newest > 0 else { return }
        let last = page(of: newest)
        var pages: Set<Int64> = []
        for range in changed ?? [1...newest] {
            // The page before a new one gets its link.
            let first = page(of: max(1, range.lowerBound - 1))
            pages.formUnion(first...page(of: range.upperBound))
        }
        // Entries that a script wrote into the database have no event.
        var missing = last
        while missing > 0, !build.output.exists(BlacklistPages.path(page: missing)) {
            pages.insert(missing)
            missing -= 1
        }
        if missing > 0, missing < last { pages.insert(missing) }
        // A page that others link to exists before them.
        for page in pages.sorted(by: >) where page <= last {
            try make(page, isLast: page == last)
        }
    }

    private func make(_ page: Int64, isLast: Bool) throws {
        let first = (page - 1) * pageEntries + 1
        let entries = try build.snapshot.listed(ids: first...(first + pageEntries - 1))
        try build.page(
            BlacklistPages.path(page: page),
            template: "blacklist-page",
            section: .blacklist,
            title: .init(thai: "บัญชีดำ หน้า \(page)", english: "Blacklist, page \(page)"),
            [
                "number": "\(page)", "has_entries": !entries.isEmpty,
                "has_older": page > 1, "older": "\(page - 1).html",
                "has_newer": !isLast, "newer": "\(page + 1).html", "entries": try rows(entries),
            ]
        )
    }

    /// Entries as HTML rows.
    private func rows(_ entries: [BlacklistEntry]) throws -> String {
        let clock = try build.snapshot.listClock()
        var bytes: [UInt8] = []
        for entry in entries {
            bytes += try build.part(
                "partials/entry",
                [
                    "id": "\(entry.id)", "plate": entry.plate.text, "reason": entry.reason,
                    "added_by": entry.addedBy, "notes": entry.notes ?? "",
                    "has_expiry": entry.expiry != nil, "expiry": expiry(entry),
                    "is_expired": entry.expiry.map { $0.instant <= clock } ?? false,
                    "created": build.format.dateTime(entry.createdAt),
                    "created_utc": entry.createdAt.rfc3339,
                ]
            )
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A day as given, an instant in local time.
    private func expiry(_ entry: BlacklistEntry) -> String {
        guard let expiry = entry.expiry else { return "" }
        return Day(expiry.text)?.description ?? build.format.dateTime(expiry.instant)
    }
}
