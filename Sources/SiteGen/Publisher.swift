public import Core
import Foundation
public import Logging
import Platform
public import ServiceLifecycle
import Synchronization

/// Publishes the pages while the service runs.
///
/// It follows the event log, batches events for a moment, and renders the affected pages. Errors are logged and
/// retried; they do not affect the acknowledgement of reads.
public final class Publisher: Service {
    private struct State {
        var publishedEventID: Int64 = 0
        var failure: String?
        var templates: LoadedTemplates?
        /// The service stops: rendering ten million records would take another minute.
        var isStopping = false
    }

    /// Templates as read and compiled, and the stamp of their files before that.
    private struct LoadedTemplates {
        let stamp: String
        let templates: Templates
        /// When their files were last checked.
        var lookedAt = ContinuousClock.now
    }

    private let store: any StoreReader
    private let recorder: Recorder
    private let follower: LogFollower
    private let options: SiteOptions
    private let logger: Logger
    private let generator: Generator
    private let state = Mutex(State())

    /// Seconds between two checks of the templates' folder.
    private static let watchSeconds = 2
    /// Nice value of the publisher thread.
    private static let niceness: Int32 = 10
    /// The pause after a build, as a multiple of its duration.
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
        // Before the first event: the first build happens whatever the log has.
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

    /// The state of the publisher, for the health check.
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
                    // Retries after 2, 4, 8 … 60 seconds.
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

    /// Waits for an event or for the next check of the templates, then batches further events.
    ///
    /// Each build is followed by a pause six times as long, so that publishing takes at most a seventh of a core
    /// however many reads arrive; but no longer than `PUBLISH_DELAY_MAX_MS`.
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

    /// Renders the pages; true if that succeeded.
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

    /// Runs on its own thread: rendering and file I/O would block the few threads of tasks.
    ///
    /// It yields to ingest: if reads need the whole CPU, pages come later. The nice value is a property of the
    /// thread, which is therefore not reused.
    private func generate() async throws -> Generator.Outcome {
        let generator = generator
        return try await withCheckedThrowingContinuation { continuation in
            NamedThread.start("publisher") {
                // If that is not permitted, pages are rendered at normal priority.
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
        }
    }

    /// Read and compiled again only if a file changed; checked at most every two seconds.
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
