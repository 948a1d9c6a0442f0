internal import Core

/// Decides which refusals are logged: the first one of a camera with a code at once, repetitions together, at most
/// one line per interval.
///
/// If the camera is unknown, the client's address identifies the sender. Memory is bounded: further kinds share one
/// line.
struct RefusalLines {
    /// The context of a line.
    struct Source: Sendable {
        /// The id that the answer carried.
        let id: String
        let client: ClientAddress
        /// The route's pattern, or the kind of socket.
        let place: String
    }

    /// One line: the last refusal of its kind and the number since the last line.
    struct Line: Sendable {
        let refusal: Refusal
        let source: Source
        let count: Int
        /// Whether it sums up kinds beyond the limit.
        var isShared = false
    }

    private struct Kind: Hashable {
        let cameraID: String?
        let client: IPAddress?
        let code: String

        init(_ refusal: Refusal, _ source: Source) {
            cameraID = refusal.cameraID
            client = cameraID == nil ? source.client.peer : nil
            code = refusal.code
        }
    }

    private struct Entry {
        /// When the last line was written.
        var writtenAt: Int64
        /// The refusals since.
        var waiting: Line?

        /// Adds refusals; returns a line if it is due.
        mutating func add(_ line: Line, now: Int64, interval: Int64) -> Line? {
            waiting = Line(
                refusal: line.refusal,
                source: line.source,
                count: line.count + (waiting?.count ?? 0),
                isShared: line.isShared
            )
            return take(now: now, interval: interval)
        }

        mutating func take(now: Int64, interval: Int64) -> Line? {
            guard let line = waiting, now - writtenAt >= interval else { return nil }
            (writtenAt, waiting) = (now, nil)
            return line
        }
    }

    private let interval: Int64
    private let kindsMax: Int
    private var entries: [Kind: Entry] = [:]
    private var shared: Entry

    init(limits: Limits) {
        interval = Int64(limits.refusalLineSeconds) * 1_000
        kindsMax = limits.refusalKindsMax
        shared = Entry(writtenAt: -interval)
    }

    /// Whether no line waits and no kind is tracked.
    var isEmpty: Bool { entries.isEmpty && shared.waiting == nil }

    /// The number of tracked kinds.
    var kinds: Int { entries.count }

    /// Adds `count` equal refusals; returns a line that is due.
    ///
    /// `now` is in monotonic milliseconds.
    mutating func add(_ refusal: Refusal, _ source: Source, count: Int, now: Int64) -> Line? {
        let kind = Kind(refusal, source)
        let line = Line(refusal: refusal, source: source, count: count)
        if entries[kind] != nil {
            return entries[kind]?.add(line, now: now, interval: interval)
        }
        guard entries.count < kindsMax else {
            var line = line
            line.isShared = true
            return shared.add(line, now: now, interval: interval)
        }
        entries[kind] = Entry(writtenAt: now)
        return line
    }

    /// The lines that are due; kinds without refusals since their last line are dropped.
    mutating func takeDue(now: Int64) -> [Line] {
        var lines: [Line] = []
        for (kind, entry) in entries where now - entry.writtenAt >= interval {
            if let line = entries[kind]?.take(now: now, interval: interval) {
                lines.append(line)
            } else {
                entries[kind] = nil
            }
        }
        if let line = shared.take(now: now, interval: interval) { lines.append(line) }
        return lines
    }

    /// All waiting lines, and drops everything: the service stops.
    mutating func takeAll() -> [Line] {
        let waiting = entries.values.compactMap(\.waiting) + [shared.waiting].compactMap(\.self)
        entries = [:]
        shared.waiting = nil
        return waiting
    }
}
