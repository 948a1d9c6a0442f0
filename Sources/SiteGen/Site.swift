import Core

/// All kinds of pages, and their dependencies.
///
/// The pages are a pure function of store, templates and options: the only clock is the stored current day.
struct Site {
    let build: SiteBuild

    /// All kinds of pages in the order of publication: a kind comes after those that it lists.
    static let kinds: [PageKind] = [
        .camera,
        .archivePage, .archiveDay, .archiveMonth, .archiveYear, .archive,
        .blacklistPage,
        .assets, .notFound, .forbidden, .signIn, .account, .people, .tokens, .audit,
        .home, .dashboard, .records, .alerts, .blacklist, .cameras, .health,
        .statisticsData, .recordsData, .camerasData, .blacklistData, .detectionsData, .healthData,
    ]

    /// The events that pages depend on: not `site`, which tells of the pages themselves.
    static let eventKinds = kinds.reduce(into: Set<Event.Kind>()) { $0.formUnion($1.dependsOn) }

    /// Renders everything that a range of the event log affects.
    func update(_ changes: Changes) throws {
        try build.invalidate(changes.kinds.contains(.stats) ? nil : changes.days)
        build.invalidate(records: changes.corrected)
        try make(SiteUpdate(build: build, changes: changes, progress: { _ in }))
    }

    /// Renders everything; `progress` gets one line per step.
    func makeAll(progress: (String) -> Void) throws {
        try withoutActuallyEscaping(progress) { progress in
            try make(SiteUpdate(build: build, changes: nil, progress: progress))
        }
    }

    /// Throws ``BuildError`` with the page or kind of page that failed.
    private func make(_ update: SiteUpdate) throws {
        for kind in Site.kinds where update.touches(kind) {
            update.progress(kind.path)
            try BuildError.naming(kind.path) { try kind.make(update) }
        }
    }
}
