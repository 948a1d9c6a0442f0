/// The figures of the dashboard, from counters that every commit keeps.
public struct Statistics: Sendable, Equatable {
    /// Reads and hits in a span.
    public struct Count: Sendable, Equatable {
        /// Records.
        public var reads: Int
        /// Records that matched the blacklist.
        public var hits: Int

        /// Makes a count.
        public init(reads: Int = 0, hits: Int = 0) {
            self.reads = reads
            self.hits = hits
        }
    }

    /// One day's figures.
    public struct DayCount: Sendable, Equatable {
        /// The day.
        public let day: Day
        /// Its figures.
        public let count: Count

        /// Makes a day's figures.
        public init(day: Day, count: Count) {
            self.day = day
            self.count = count
        }
    }

    /// The site's day that `today` speaks of.
    public let day: Day
    /// The figures of that day.
    public let today: Count
    /// The figures of all records that are kept.
    public let total: Count
    /// 24 figures, one for each hour of the day.
    public let hours: [Count]
    /// The last 30 days, oldest first, days without reads included.
    public let days: [DayCount]
    /// All cameras, most reads first.
    public let cameras: [Camera]

    /// How many cameras count as connected.
    public var connectedCameras: Int { cameras.count { $0.isConnected } }
}
