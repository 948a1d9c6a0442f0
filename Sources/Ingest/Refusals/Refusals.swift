internal import CMicrohttpd
public import Core
public import Logging
public import ServiceLifecycle
internal import Synchronization

/// Records refusals: lines in the log, and counters per camera.
///
/// Every refusing answer is noted here, by the listeners when it is sent and by the gateway when it is made, with the
/// id that the answer carries; so is every socket that is closed for its size or a protocol error.
public final class Refusals: Service {
    private struct State {
        var lines: RefusalLines
        var ids = RequestIDs()
        var attempts: RefusedAttempts
        /// Entries of the audit that are not written yet.
        var unwritten: [AuditEvent] = []
    }

    private let counts: RefusalCounts?
    private let recorder: Recorder?
    private let logger: Logger
    private let pause: Duration
    private let state: Mutex<State>
    /// Signals that there is something to write.
    private let signal = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    private let isSignalled = Atomic<Bool>(false)

    /// Records to the log, and with a recorder to the counters of cameras and the audit.
    public init(limits: Limits, logger: Logger, recorder: Recorder? = nil) {
        self.logger = logger
        self.recorder = recorder
        counts = recorder.map(RefusalCounts.init)
        pause = .seconds(limits.refusalWriteSeconds)
        state = Mutex(
            State(
                lines: RefusalLines(limits: limits),
                attempts: RefusedAttempts(limits: limits)
            )
        )
    }

    /// Notes a refusal in an HTTP answer with the request's id.
    func note(
        _ refusal: Refusal,
        id: String,
        client: ClientAddress,
        place: String,
        count: Int = 1,
        principal: Principal? = nil
    ) {
        let source = RefusalLines.Source(id: id, client: client, place: place)
        let now = lpr_milliseconds()
        let attempt =
            refusal.isOfClient ? refusal.attempt(by: principal, from: client, at: place) : nil
        let line = state.withLock { state in
            if let attempt, let event = state.attempts.add(attempt, count: count, now: now) {
                state.unwritten.append(event)
            }
            return state.lines.add(refusal, source, count: count, now: now)
        }
        if let line { write(line) }
        counts?.add(refusal, count: count)
        if !isSignalled.exchange(true, ordering: .acquiringAndReleasing) {
            signal.continuation.yield()
        }
    }

    /// Notes a refusal on a socket; returns the id for its answer.
    func note(_ refusal: Refusal, client: ClientAddress, place: String) -> String {
        let id = state.withLock { $0.ids.next() }
        note(refusal, id: id, client: client, place: place)
        return id
    }

    /// Writes counts and lines when they are due, until the service stops; then the rest.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in self.signal.stream {
                self.isSignalled.store(false, ordering: .releasing)
                repeat {
                    await self.keepCounts()
                    await self.keepAttempts()
                    try? await Task.sleep(for: self.pause)
                    self.writeDue()
                } while !Task.isCancelled && self.hasWork
                if Task.isCancelled { break }
            }
        }
        await keepCounts()
        state.withLock { $0.unwritten += $0.attempts.takeAll(now: lpr_milliseconds()) }
        await keepAttempts()
        for line in state.withLock({ $0.lines.takeAll() }) { write(line) }
    }

    private var hasWork: Bool {
        counts?.hasCounts == true
            || !state.withLock {
                $0.lines.isEmpty && $0.attempts.isEmpty && $0.unwritten.isEmpty
            }
    }

    /// Entries of the audit that wait while they cannot be written; older ones are given up.
    private static let unwrittenMax = 1_000

    private func keepAttempts() async {
        let taken = state.withLock { state in
            defer { state.unwritten = [] }
            return state.unwritten
        }
        do throws(Refusal) {
            try await recorder?.audit(taken)
        } catch {
            state.withLock { state in
                state.unwritten = Array((taken + state.unwritten).suffix(Self.unwrittenMax))
            }
            logger.warning(
                "refused attempts could not be written to the audit",
                metadata: ["error": "\(error.message)"]
            )
        }
    }

    private func keepCounts() async {
        do throws(Refusal) {
            try await counts?.write()
        } catch {
            // They are retried after the next pause.
            logger.warning(
                "counts of refusals could not be stored",
                metadata: ["error": "\(error.message)"]
            )
        }
    }

    private func writeDue() {
        let now = lpr_milliseconds()
        let lines = state.withLock { state in
            state.unwritten += state.attempts.takeDue(now: now)
            return state.lines.takeDue(now: now)
        }
        for line in lines { write(line) }
    }

    private func write(_ line: RefusalLines.Line) {
        logger.log(
            level: line.refusal.status >= 500 ? .warning : .notice,
            line.isShared ? "refused; too many different kinds to log each" : "refused",
            metadata: line.metadata
        )
    }
}

extension RefusalLines.Line {
    /// The metadata of a line, with clients' text quoted.
    ///
    /// Plates and query values are never logged, so neither are messages that may quote one: those that name a path,
    /// a parameter or a plate.
    var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "camera": "\(LogText.quoted(refusal.cameraID ?? "-"))",
            "client": "\(source.client.logged)", "code": "\(refusal.code)", "count": "\(count)",
            "id": "\(source.id)", "place": "\(source.place)",
        ]
        guard !quotes else { return metadata }
        metadata["why"] = "\(LogText.quoted(refusal.message))"
        if let field = refusal.field { metadata["field"] = "\(LogText.quoted(field))" }
        return metadata
    }

    private var quotes: Bool {
        switch refusal.kind {
        case .notFound, .conflict: true
        default: refusal.code == "unknown_parameter"
        }
    }
}

/// Quotes clients' text as a log value.
enum LogText {
    /// The length at which it is truncated.
    private static let charactersMax = 200

    /// The text as it is if it is one word, else quoted; unprintable characters are escaped.
    static func quoted(_ text: String) -> String {
        var isWord = !text.isEmpty
        var escaped = ""
        for scalar in text.unicodeScalars.prefix(charactersMax) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
                escaped += "\\u{\(String(scalar.value, radix: 16))}"
                isWord = false
            case .spaceSeparator:
                escaped.unicodeScalars.append(scalar)
                isWord = false
            default:
                if scalar == "\"" || scalar == "\\" { escaped += "\\" }
                if scalar == "\"" || scalar == "\\" || scalar == "=" { isWord = false }
                escaped.unicodeScalars.append(scalar)
            }
        }
        return isWord ? escaped : "\"\(escaped)\""
    }
}
