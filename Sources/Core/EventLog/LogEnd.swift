/// The end of the event log: the id of the newest event, per kind and overall.
///
/// Per kind, so that a follower is not woken by events that it does not want, such as its own.
public struct LogEnd: Sendable, Equatable {
    /// The id of the newest event; 0 in an empty log.
    public private(set) var latestEventID: Int64
    /// Indexed by the kind's code.
    private var latest: [Int64]

    /// An end whose newest event of every kind has this id.
    public init(latestEventID: Int64 = 0) {
        self.latestEventID = latestEventID
        latest = Array(repeating: latestEventID, count: Event.Kind.allCases.count + 1)
    }

    /// The end of a log with these newest events per kind.
    init(_ newest: [Event.Kind: Int64]) {
        self.init()
        for (kind, id) in newest { append(kind, id) }
    }

    /// The id of the newest event of the given kinds; 0 if there is none.
    public func latestEventID(of kinds: Set<Event.Kind>) -> Int64 {
        kinds.reduce(0) { max($0, latest[$1.code]) }
    }

    /// Notes an event.
    mutating func append(_ kind: Event.Kind, _ id: Int64) {
        latest[kind.code] = max(latest[kind.code], id)
        latestEventID = max(latestEventID, id)
    }
}
