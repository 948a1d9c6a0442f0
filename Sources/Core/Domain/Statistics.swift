/// The dashboard's statistics, from counters that every commit updates.
public struct Statistics: Sendable, Equatable {
    /// Reads and hits in an interval.
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

    /// One day's counts.
    public struct DayCount: Sendable, Equatable {
        /// The day.
        public let day: Day
        /// Its counts.
        public let count: Count

        /// Makes a day's counts.
        public init(day: Day, count: Count) {
            self.day = day
            self.count = count
        }
    }

    /// The site's day that `today` refers to.
    public let day: Day
    /// The counts of that day.
    public let today: Count
    /// The counts of all records.
    public let total: Count
    /// 24 counts, one per hour of the day.
    public let hours: [Count]
    /// The last 30 days, oldest first, including days without reads.
    public let days: [DayCount]
    /// All cameras, most reads first.
    public let cameras: [Camera]

    /// The number of connected cameras.
    public var connectedCameras: Int { cameras.count { $0.isConnected } }
}
