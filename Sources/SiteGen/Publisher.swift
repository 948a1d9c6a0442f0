public import Core
import Dispatch
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
    }

    private let store: Store
    private let recorder: Recorder
    private let feed: Feed
    private let options: SiteOptions
    private let logger: Logger
    private let generator: Generator
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "publisher")

    /// Seconds between two looks at the templates' folder.
    private static let watchSeconds = 2

    /// A publisher of a store's pages.
    public init(
        store: Store,
        recorder: Recorder,
        feed: Feed,
        options: SiteOptions,
        logger: Logger
    ) {
        self.store = store
        self.recorder = recorder
        self.feed = feed
        self.options = options
        self.logger = logger
        generator = Generator(store: store, options: options)
    }

    /// Publishes until the service stops.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.publishForever() }
    }

    /// How the publisher is, for the health check.
    public var serviceState: ServiceState {
        let state = state.withLock { $0 }
        let behind = max(0, feed.latestEventID - state.publishedEventID)
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
        var seen: Int64 = -1
        var stamp = ""
        var waitSeconds = 0
        while !Task.isCancelled {
            if waitSeconds > 0 { try? await Task.sleep(for: .seconds(waitSeconds)) }
            let newStamp = Templates.stamp(path: options.templatesPath)
            let latest = feed.latestEventID
            if latest > seen || newStamp != stamp {
                guard await publish() else {
                    // Again after 2, 4, 8 … 60 seconds.
                    waitSeconds = min(60, max(2, waitSeconds * 2))
                    continue
                }
                (seen, stamp, waitSeconds) = (latest, newStamp, 0)
            }
            await waitForNews(after: seen)
        }
    }

    /// Waits for an event or for the time to look at the templates, then lets more events come.
    private func waitForNews(after seen: Int64) async {
        let feed = feed
        let hasNews = await withTaskGroup(of: Bool.self) { group in
            group.addTask { await feed.grown(after: seen) > seen }
            group.addTask {
                try? await Task.sleep(for: .seconds(Publisher.watchSeconds))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        guard hasNews else { return }
        var waited = 0
        var latest = feed.latestEventID
        repeat {
            latest = feed.latestEventID
            try? await Task.sleep(for: .milliseconds(options.delayMilliseconds))
            waited += options.delayMilliseconds
        } while feed.latestEventID > latest && waited < options.delayMillisecondsMax
    }

    /// Makes the pages; true where that went well.
    private func publish() async -> Bool {
        do {
            let outcome = try await generate()
            let wasFailing = state.withLock { state in
                defer { state = State(publishedEventID: outcome.eventID, failure: nil) }
                return state.failure != nil
            }
            if wasFailing { logger.notice("pages are published again") }
            if outcome.written + outcome.removed > 0 {
                try await recorder.announceSite(eventID: outcome.eventID, pages: outcome.written)
            }
            return true
        } catch {
            let text = (error as? Refusal)?.message ?? "\(error)"
            logger.error("pages were not published", metadata: ["error": "\(text)"])
            state.withLock { $0.failure = text }
            return false
        }
    }

    /// On a thread of its own: rendering and files would hold up the few threads of tasks.
    private func generate() async throws -> Generator.Outcome {
        let generator = generator
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(with: Result { try generator.generate() })
            }
        }
    }
}
