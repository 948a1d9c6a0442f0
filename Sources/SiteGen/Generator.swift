public import Core
import Synchronization

/// Makes the site, with or without a running service.
public final class Generator: Sendable {
    /// What a building did.
    public struct Outcome: Sendable, Equatable {
        /// The newest event that the pages show now.
        public let eventID: Int64
        /// Whether everything was made from scratch.
        public let isFull: Bool
        /// Files that were written because they differed.
        public let written: Int
        /// Files that were removed.
        public let removed: Int
    }

    let store: any StoreReader
    let options: SiteOptions
    /// Taken for the length of a building: one that fails leaves nothing behind.
    private let memory = Mutex<BuildCache?>(nil)

    /// Events that are looked at in one step of an update.
    private static let eventsPerStep = 5_000

    /// A generator for a store.
    public init(store: any StoreReader, options: SiteOptions) {
        self.store = store
        self.options = options
    }

    /// Makes what changed since the pages were made last; everything where `full` says so, where there
    /// are no pages, and where templates or options changed.
    ///
    /// Throws ``TemplateError`` for a template that cannot be used; the last good pages then stay.
    public func generate(
        full: Bool = false,
        progress: (String) -> Void = { _ in }
    ) throws -> Outcome {
        try generate(with: Templates(path: options.templatesPath), full: full, progress: progress)
    }

    /// `onWrite` hears of each file that was replaced, in order.
    ///
    /// Throws `CancellationError` once `isStopped`; what is there then are whole pages, and the next building makes
    /// the others.
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
            let memory = isFull ? nil : takeMemory(fingerprint)
            let build = SiteBuild(
                snapshot,
                options,
                templates,
                output,
                memory ?? BuildCache(fingerprint: fingerprint)
            )
            let site = Site(build: build)
            if isFull {
                try output.writingBeside { try site.makeAll(progress: progress) }
            } else if let state, state.eventID < newest {
                try update(site, from: state.eventID, in: snapshot)
            }
            try isFull ? output.removeUnwanted() : output.removeRetired()
            try SiteState(
                eventID: newest,
                eventAt: snapshot.time(ofEvent: newest),
                fingerprint: fingerprint,
                boot: output.written + output.removed > 0 || state?.isTrustworthy != true
                    ? SiteState.presentBoot : state?.boot
            ).write(to: output)
            self.memory.withLock { $0 = build.memory }
            return Outcome(
                eventID: newest,
                isFull: isFull,
                written: output.written,
                removed: output.removed
            )
        }
    }

    /// Waits until all pages are on disk and notes it, so that the machine's next start need not make
    /// them again.
    public func settle() throws {
        let output = try Output(path: options.publicPath)
        guard var state = SiteState(output), state.isTrustworthy, state.boot != nil else { return }
        try output.synchronize()
        state.boot = nil
        try state.write(to: output)
    }

    private func takeMemory(_ fingerprint: String) -> BuildCache? {
        let taken = memory.withLock { memory in
            defer { memory = nil }
            return memory
        }
        return taken?.fingerprint == fingerprint ? taken : nil
    }

    /// All changes are gathered before a page is made: each page is made once.
    func update(_ site: Site, from eventID: Int64, in snapshot: any StoreSnapshot) throws {
        var all = try snapshot.changes(after: eventID, limit: Generator.eventsPerStep)
        while true {
            let more = try snapshot.changes(after: all.lastEventID, limit: Generator.eventsPerStep)
            guard more.lastEventID > all.lastEventID else { break }
            all.merge(more)
        }
        try site.update(all)
    }

    /// Whether the log still tells everything that happened since the pages were made.
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
        digest.add("\(store.calendar.timeZone)")
        return digest.text
    }
}
