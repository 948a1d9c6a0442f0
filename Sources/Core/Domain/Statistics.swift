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

extension Statistics: JSONWritable {
    /// Writes it with the wire's names.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("today_records", today.reads)
            writer.field("total_records", total.reads)
            writer.field("unique_cameras", cameras.count)
            writer.key("camera_statistics")
            writer.array(of: cameras) { writer, camera in
                writer.object { writer in
                    writer.field("camera_id", camera.id)
                    writer.field("count", camera.reads)
                }
            }
            writer.field("date", day.description)
            writer.field("connected_cameras", connectedCameras)
            writer.field("today_blacklisted", today.hits)
            writer.field("total_blacklisted", total.hits)
            writer.key("hours")
            writer.array(of: hours) { $0.value($1.reads) }
            writer.key("days")
            writer.array(of: days) { writer, day in
                writer.object { writer in
                    writer.field("date", day.day.description)
                    writer.field("records", day.count.reads)
                    writer.field("blacklisted", day.count.hits)
                }
            }
        }
    }
}
