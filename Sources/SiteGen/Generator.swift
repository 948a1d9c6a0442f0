public import Core
import Synchronization

/// Generates the site, with or without a running service.
public final class Generator: Sendable {
    /// The result of a build.
    public struct Outcome: Sendable, Equatable {
        /// The newest event that the pages show.
        public let eventID: Int64
        /// Whether everything was rendered from scratch.
        public let isFull: Bool
        /// The number of files that were written because they differed.
        public let written: Int
        /// The number of files that were removed.
        public let removed: Int
    }

    let store: any StoreReader
    let options: SiteOptions
    /// Taken for the duration of a build: a failed one leaves nothing behind.
    private let cache = Mutex<BuildCache?>(nil)

    /// Events per step of an update.
    private static let eventsPerStep = 5_000

    /// A generator for a store.
    public init(store: any StoreReader, options: SiteOptions) {
        self.store = store
        self.options = options
    }

    /// Renders what changed since the last build; everything if `full`, if there are no pages, or if templates or
    /// options changed.
    ///
    /// Throws ``TemplateError`` for an invalid template; the last good pages stay then.
    public func generate(
        full: Bool = false,
        progress: (String) -> Void = { _ in }
    ) throws -> Outcome {
        try generate(with: Templates(path: options.templatesPath), full: full, progress: progress)
    }

    /// `onWrite` is called with each replaced file, in order.
    ///
    /// Throws `CancellationError` once `isStopped`; every page is then complete, and the next build renders the rest.
    func generate(
        with templates: Templates,
        full: Bool = false,
        progress: (String) -> Void = { _ in },
        onWrite: @escaping (String) -> Void = { _ in },
        isStopped: @escaping () -> Bool = { false }
    ) throws -> Outcome {
        let output = try Output(path: options.publicPath)
        output.onWrite = onWrite
        output.isStopped = isStopped
        let fingerprint = fingerprint(templates)
        return try store.readAndWait { snapshot in
            let newest = try snapshot.newestEventID(of: Site.eventKinds)
            let state = SiteState(output)
            let isFull = try full || !canContinue(state, fingerprint, newest, in: snapshot)
            let cache = isFull ? nil : takeCache(fingerprint)
            let build = SiteBuild(
                snapshot,
                options,
                templates,
                output,
                cache ?? BuildCache(fingerprint: fingerprint)
            )
            let site = Site(build: build)
            if isFull {
                try output.writingBeside { try site.makeAll(progress: progress) }
            } else if let state, state.eventID < newest {
                try update(site, from: state.eventID, in: snapshot)
            }
            if isFull { progress("removing old pages") }
            try BuildError.naming("removing old pages") {
                try isFull ? output.removeUnwanted() : output.removeRetired()
            }
            try SiteState(
                eventID: newest,
                eventAt: snapshot.time(ofEvent: newest),
                fingerprint: fingerprint,
                boot: output.written + output.removed > 0 || state?.isTrustworthy != true
                    ? SiteState.presentBoot : state?.boot
            ).write(to: output)
            self.cache.withLock { $0 = build.cache }
            return Outcome(
                eventID: newest,
                isFull: isFull,
                written: output.written,
                removed: output.removed
            )
        }
    }

    /// Waits until all pages are on disk and notes it, so that the machine's next start need not render them again.
    public func settle() throws {
        let output = try Output(path: options.publicPath)
        guard var state = SiteState(output), state.isTrustworthy, state.boot != nil else { return }
        try output.synchronize()
        state.boot = nil
        try state.write(to: output)
    }

    private func takeCache(_ fingerprint: String) -> BuildCache? {
        let taken = cache.withLock { cache in
            defer { cache = nil }
            return cache
        }
        return taken?.fingerprint == fingerprint ? taken : nil
    }

    /// All changes are collected before pages are rendered, so that each page is rendered once.
    func update(_ site: Site, from eventID: Int64, in snapshot: any StoreSnapshot) throws {
        var all = try snapshot.changes(after: eventID, limit: Generator.eventsPerStep)
        while true {
            let more = try snapshot.changes(after: all.lastEventID, limit: Generator.eventsPerStep)
            guard more.lastEventID > all.lastEventID else { break }
            all.merge(more)
        }
        try site.update(all)
    }

    /// Whether the event log still has everything since the last build.
    func canContinue(
        _ state: SiteState?,
        _ fingerprint: String,
        _ newest: Int64,
        in snapshot: any StoreSnapshot
    ) throws -> Bool {
        guard let state, state.fingerprint == fingerprint, state.isTrustworthy,
            state.eventID <= newest
        else { return false }
        guard state.eventID > 0 else { return try snapshot.oldestEventID() ?? 1 == 1 }
        // Another database, or an older copy of this one, has another event under this id.
        return try state.eventAt == snapshot.time(ofEvent: state.eventID)
    }

    func fingerprint(_ templates: Templates) -> String {
        var digest = Fingerprint()
        digest.add(templates.fingerprint)
        digest.add(options.name)
        digest.add(options.language.rawValue)
        digest.add("\(options.archivePageRecords) \(options.blacklistPageEntries)")
        digest.add(options.purpose.rawValue)
        digest.add("\(store.calendar.timeZone)")
        return digest.text
    }
}
