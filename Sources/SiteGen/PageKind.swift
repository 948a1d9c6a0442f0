import Core

/// One kind of page: a row of ``Site/kinds``.
struct PageKind: Sendable {
    /// Where its pages stand, such as `cameras/{number}.html`; the kind's name in errors and progress.
    let path: String
    /// The events after which a page of it may differ; none if only templates and options decide.
    let dependsOn: Set<Event.Kind>
    /// The paths of the kinds whose pages its own lead to, and which readers must find there before.
    let lists: [String]
    /// Makes the pages that an update touches.
    let make: @Sendable (SiteUpdate) throws -> Void

    /// A kind; `lists` are those that must be published before it.
    init(
        _ path: String,
        dependsOn: Set<Event.Kind>,
        lists: [PageKind] = [],
        make: @escaping @Sendable (SiteUpdate) throws -> Void
    ) {
        self.path = path
        self.dependsOn = dependsOn
        self.lists = lists.map(\.path)
        self.make = make
    }

    /// The folder below the site's root that holds nothing but generated files; nil for a page in the root.
    var folder: Substring? { path.contains("/") ? path.prefix { $0 != "/" } : nil }
}

extension Set<Event.Kind> {
    /// Whatever happens, but for the publication of pages itself.
    static let anything = Set(Event.Kind.allCases).subtracting([.site])
    /// Records came, or people or the clock removed some; a new day began.
    static let records: Set = [.read, .stats]
    /// The newest alerts: ``Event/Kind/stats`` tells what was removed.
    static let alerts: Set = [.alert, .stats]
    /// The blacklist, or what was read of it.
    static let blacklist: Set = [.alert, .blacklist, .stats]
    /// Health checks, and what cameras report of themselves.
    static let health: Set = [.health, .camera, .stats]
}

/// What a build has to make: everything, or what a stretch of the event log touched.
struct SiteUpdate {
    /// The build, with its snapshot and its templates.
    let build: SiteBuild
    /// What changed; nil if everything is made.
    let changes: Changes?
    /// Gets one line for each step of a full build.
    let progress: (String) -> Void

    /// Whether pages of a kind may have to be made.
    func touches(_ kind: PageKind) -> Bool {
        guard let changes else { return true }
        return !kind.dependsOn.isDisjoint(with: changes.kinds)
    }

    /// The numbers of the cameras whose pages are to be made; nil for all.
    ///
    /// A new day, or removed records, change what every camera's page says.
    var cameras: Set<Int64>? {
        guard let changes, !changes.kinds.contains(.stats) else { return nil }
        return changes.cameras
    }

    /// The days whose pages are to be made, oldest first, each from a place in its order or, if that is nil, whole.
    func days() throws -> [(day: Day, from: SortKey?)] {
        guard let changes else { return try build.days().map { ($0.day, nil) } }
        return changes.days.sorted().map { day in
            (day, changes.rewrittenDays.contains(day) ? nil : changes.earliest[day])
        }
    }

    /// The months of these days, oldest first.
    func months() throws -> [Month] { Set(try days().map { Month($0.day) }).sorted() }
}

extension Changes {
    /// The days whose records are others now.
    var days: Set<Day> { rewrittenDays.union(earliest.keys) }
}

/// Why pages were not made, with the step that failed.
public struct BuildError: Error, CustomStringConvertible {
    /// The page, such as `cameras/7.html`; if no page had been begun, its kind: `cameras/{number}.html`.
    public let step: String
    /// What went wrong.
    public let cause: any Error

    /// One line for the log: `cameras/7.html: …`.
    public var description: String {
        "\(step): \((cause as? Refusal)?.message ?? "\(cause)")"
    }

    /// Does a step, whose name any error then carries; the name nearest to the error is kept.
    ///
    /// Throws ``BuildError``; a `CancellationError`, which is no failure, as it is.
    static func naming<T>(_ step: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error where error is BuildError || error is CancellationError {
            throw error
        } catch {
            throw BuildError(step: step, cause: error)
        }
    }
}
