public import Core
import Foundation
public import Logging
public import ServiceLifecycle
import Synchronization

/// Keeps the pages at the store's heels while the service runs.
///
/// It follows the event log, gathers events for a moment, and makes what they touched. Whatever goes
/// wrong here is logged and tried again; reads are acknowledged all the same.
public final class Publisher: Service {
    private struct State {
        var publishedEventID: Int64 = 0
        var failure: String?
        var templates: LoadedTemplates?
        /// The service stops: ten million records' pages would take it a minute more.
        var isStopping = false
    }

    /// Templates as they were read and compiled, and the stamp of their files before that.
    private struct LoadedTemplates {
        let stamp: String
        let templates: Templates
        /// When their files were last looked at.
        var lookedAt = ContinuousClock.now
    }

    private let store: any StoreReader
    private let recorder: Recorder
    private let follower: LogFollower
    private let options: SiteOptions
    private let logger: Logger
    private let generator: Generator
    private let state = Mutex(State())

    /// Seconds between two looks at the templates' folder.
    private static let watchSeconds = 2
    /// How far the thread that makes pages stands back behind those that take and keep reads.
    private static let niceness: Int32 = 10
    /// How much longer than the last building the pause before the next one is.
    private static let pauseFactor = 6

    /// A publisher of a store's pages.
    public init(
        store: any StoreReader,
        recorder: Recorder,
        log: any EventLog,
        options: SiteOptions,
        logger: Logger
    ) {
        self.store = store
        self.recorder = recorder
        self.options = options
        self.logger = logger
        generator = Generator(store: store, options: options)
        // Before the first event: the first building is made whatever the log holds.
        follower = LogFollower(
            name: "publisher",
            log: log,
            filter: EventFilter(kinds: Site.eventKinds),
            after: -1,
            logger: logger
        )
    }

    /// Publishes until the service stops.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskCancellationHandler {
                await self.publishForever()
            } onCancel: {
                self.state.withLock { $0.isStopping = true }
            }
        }
        do {
            try generator.settle()
        } catch {
            logger.warning(
                "the pages may not be synced to disk yet",
                metadata: ["error": "\(error)"]
            )
        }
    }

    /// How the publisher is, for the health check.
    public var serviceState: ServiceState {
        let state = state.withLock { $0 }
        let behind = max(0, follower.latestWantedEventID - state.publishedEventID)
        return ServiceState(
            name: "publisher",
            status: state.failure == nil ? .pass : .warning,
            message: state.failure ?? "Running",
            details: [
                JSON.Member("published_event", .number(Double(state.publishedEventID))),
                JSON.Member("events_behind", .number(Double(behind))),
            ]
        )
    }

    private func publishForever() async {
        var waitSeconds = 0
        while !Task.isCancelled {
            if waitSeconds > 0 { try? await Task.sleep(for: .seconds(waitSeconds)) }
            let latest = follower.latestWantedEventID
            let begin = ContinuousClock.now
            if latest > follower.position || templatesHaveChanged() {
                guard await publish() else {
                    // Again after 2, 4, 8 … 60 seconds.
                    waitSeconds = min(60, max(2, waitSeconds * 2))
                    continue
                }
                follower.advance(to: latest)
                waitSeconds = 0
            }
            await waitForNews(lastTook: ContinuousClock.now - begin)
        }
    }

    private func templatesHaveChanged() -> Bool {
        let stamp = Templates.stamp(path: options.templatesPath)
        return state.withLock { state in
            guard state.templates?.stamp == stamp else {
                state.templates = nil
                return true
            }
            state.templates?.lookedAt = .now
            return false
        }
    }

    /// Waits for an event or for the time to look at the templates, then lets more events come.
    ///
    /// A building that took long is followed by a pause six times as long, so that publishing takes a
    /// seventh of a core at the most however many reads come; but no longer than `PUBLISH_DELAY_MAX_MS`.
    private func waitForNews(lastTook took: Duration) async {
        let follower = follower
        let hasNews = await withTaskGroup(of: Bool.self) { group in
            group.addTask { await follower.waitForEvents() }
            group.addTask {
                try? await Task.sleep(for: .seconds(Publisher.watchSeconds))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        guard hasNews else { return }
        let pause = max(.milliseconds(options.delayMilliseconds), took * Publisher.pauseFactor)
        try? await Task.sleep(for: min(pause, .milliseconds(options.delayMillisecondsMax)))
    }

    /// Makes the pages; true where that went well.
    private func publish() async -> Bool {
        do {
            let outcome = try await generate()
            let wasFailing = state.withLock { state in
                defer { (state.publishedEventID, state.failure) = (outcome.eventID, nil) }
                return state.failure != nil
            }
            if wasFailing { logger.notice("publishing pages works again") }
            if outcome.written + outcome.removed > 0 {
                try await recorder.announceSite(eventID: outcome.eventID, pages: outcome.written)
            }
            return true
        } catch is CancellationError {
            logger.notice("stopped before all pages were rendered; the next start renders the rest")
            return false
        } catch {
            let text = (error as? Refusal)?.message ?? "\(error)"
            logger.error("publishing pages failed", metadata: ["error": "\(text)"])
            state.withLock { $0.failure = text }
            return false
        }
    }

    /// On a thread of its own: rendering and files would hold up the few threads of tasks.
    ///
    /// It stands back: where reads want all of the processor, pages come later. That is a property of
    /// the thread, which is therefore not one that others use afterwards.
    private func generate() async throws -> Generator.Outcome {
        let generator = generator
        return try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                // Where it is not allowed, pages are made as fast as everything else.
                _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, Publisher.niceness)
                continuation.resume(
                    with: Result {
                        try generator.generate(
                            with: self.currentTemplates(),
                            isStopped: { self.state.withLock { $0.isStopping } }
                        )
                    }
                )
            }
            thread.name = "publisher"
            thread.start()
        }
    }

    /// Read and compiled again only where a file changed; looked at every two seconds at the most.
    private func currentTemplates() throws -> Templates {
        let loaded = state.withLock { $0.templates }
        let age = loaded.map { ContinuousClock.now - $0.lookedAt }
        if let loaded, let age, age < .seconds(Publisher.watchSeconds) { return loaded.templates }
        if let loaded, !templatesHaveChanged() { return loaded.templates }
        let stamp = Templates.stamp(path: options.templatesPath)
        let templates = try Templates(path: options.templatesPath)
        state.withLock { $0.templates = LoadedTemplates(stamp: stamp, templates: templates) }
        return templates
    }
}
