import Core

/// Every kind of page, and what each depends on.
///
/// The pages are a pure function of store, templates and options: the only clock is the day that the
/// service wrote into the store.
struct Site {
    let build: SiteBuild

    /// The events that pages can depend on: not `site`, which tells of the pages themselves.
    static let eventKinds = Set(Event.Kind.allCases).subtracting([.site])

    /// Makes everything that a stretch of the event log touched.
    ///
    /// In this order a page comes after those that it lists: cameras, days, months, years, front pages.
    func update(_ changes: Changes) throws {
        // A new day, or records that went, change what every camera's page says.
        let all = changes.kinds.contains(.stats)
        let days = changes.rewrittenDays.union(changes.earliest.keys)
        try build.invalidate(all ? nil : days)
        try CameraPages(build: build).makeEach(only: all ? nil : changes.cameras)
        let archive = Archive(build: build)
        for day in changes.rewrittenDays.sorted() { try archive.makeAll(of: day) }
        for (day, place) in changes.earliest.sorted(by: { $0.key < $1.key })
        where !changes.rewrittenDays.contains(day) {
            try archive.extend(day, from: place)
        }
        try archive.summarise(months: Set(days.map(Month.init)))
        if !changes.entries.isEmpty {
            try BlacklistPages(build: build).makeEach(of: changes.entries)
        }
        try makeFrontPages(after: changes.kinds)
    }

    /// Makes everything from scratch; `progress` hears of each step with its name.
    func makeAll(progress: (String) -> Void) throws {
        progress("cameras")
        try CameraPages(build: build).makeEach(only: nil)
        let archive = Archive(build: build)
        let days = try build.days()
        for (index, day) in days.enumerated() {
            progress("archive \(day.day) (\(index + 1) of \(days.count) days)")
            try archive.makeAll(of: day.day)
        }
        progress("months and years")
        try archive.summarise(months: Set(days.map { Month($0.day) }))
        progress("blacklist")
        try BlacklistPages(build: build).makeEach(of: nil)
        progress("front pages and snapshots")
        try Assets(build: build).copy()
        try NotFoundPage(build: build).make()
        try makeFrontPages(after: Set(Event.Kind.allCases))
        progress("removing stale files")
    }

    /// The pages that show the present, but for those that nothing of these kinds can change.
    ///
    /// They are few and of bounded size; those whose bytes did not change are not written. What people
    /// or the clock removed is told by `stats`.
    private func makeFrontPages(after kinds: Set<Event.Kind>) throws {
        let statistics = try build.snapshot.statistics()
        let snapshots = Snapshots(build: build)
        try HomePage(build: build).make(statistics)
        try DashboardPage(build: build).make(statistics)
        try RecordsPage(build: build).make(statistics)
        let changesHits = !kinds.isDisjoint(with: [.alert, .stats])
        if changesHits { try AlertsPage(build: build).make() }
        let changesList = changesHits || kinds.contains(.blacklist)
        if changesList { try BlacklistPages(build: build).makeFirst() }
        try CameraPages(build: build).makeList(statistics)
        // Cameras report their own health.
        let changesHealth = !kinds.isDisjoint(with: [.health, .camera, .stats])
        if changesHealth { try HealthPage(build: build).make() }
        try snapshots.make(statistics)
        if changesList { try snapshots.makeBlacklist() }
        if changesHits { try snapshots.makeDetections() }
        if changesHealth { try snapshots.makeHealth() }
    }
}

/// Files that are copied as they are: styles, scripts, icons.
struct Assets {
    let build: SiteBuild

    func copy() throws {
        for (path, bytes) in build.templates.assets.sorted(by: { $0.key < $1.key }) {
            try build.output.write(path, bytes)
        }
    }
}
