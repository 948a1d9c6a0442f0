import Core

/// One kind of page: a row of ``Site/kinds``.
struct PageKind: Sendable {
    /// The path of its pages, such as `cameras/{number}.html`; the kind's name in errors and progress.
    let path: String
    /// The events that may change its pages; none if they depend on templates and options only.
    let dependsOn: Set<Event.Kind>
    /// The paths of the kinds to which its pages link, and which must be published before.
    let lists: [String]
    /// Renders the pages that an update affects.
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
    /// Records were added or removed; a new day began.
    static let records: Set = [.read, .stats]
    /// The newest alerts: ``Event/Kind/stats`` announces removals.
    static let alerts: Set = [.alert, .stats]
    /// The blacklist, or reads of its plates.
    static let blacklist: Set = [.alert, .blacklist, .stats]
    /// Health checks, and health reports of cameras.
    static let health: Set = [.health, .camera, .stats]
}

/// The scope of a build: everything, or what a range of the event log affects.
struct SiteUpdate {
    /// The build, with its snapshot and its templates.
    let build: SiteBuild
    /// The changes; nil for a full build.
    let changes: Changes?
    /// Gets one line for each step of a full build.
    let progress: (String) -> Void

    /// Whether pages of a kind may have changed.
    func touches(_ kind: PageKind) -> Bool {
        guard let changes else { return true }
        return !kind.dependsOn.isDisjoint(with: changes.kinds)
    }

    /// The numbers of the cameras whose pages to render; nil for all.
    ///
    /// A new day or removed records change every camera's page.
    var cameras: Set<Int64>? {
        guard let changes, !changes.kinds.contains(.stats) else { return nil }
        return changes.cameras
    }

    /// The days whose pages to render, oldest first, each from a position on or, if that is nil, all of it.
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
    /// The days whose records changed.
    var days: Set<Day> { rewrittenDays.union(earliest.keys) }
}

/// The error of a build, with the step that failed.
public struct BuildError: Error, CustomStringConvertible {
    /// The page, such as `cameras/7.html`; if none was started, its kind: `cameras/{number}.html`.
    public let step: String
    /// The cause.
    public let cause: any Error

    /// One line for the log: `cameras/7.html: …`.
    public var description: String {
        "\(step): \((cause as? Refusal)?.message ?? "\(cause)")"
    }

    /// Runs a named step: its errors carry the name, innermost first.
    ///
    /// Throws ``BuildError``; rethrows `CancellationError` unchanged.
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
