import Logging

/// Followers of the event log whose position is kept, and what copies of the records elsewhere go by.
extension Recorder {
    /// Keeps a follower's position; returns once it is on disk.
    public func keepPosition(_ id: Int64, ofFollower name: String) async throws(Refusal) {
        try await change { try $0.keepPosition(id, ofFollower: name) }
    }

    /// Forgets a follower that will not come again, so that the log warns of it no more.
    public func forgetFollower(_ name: String) async throws(Refusal) {
        try await change { try $0.forgetFollower(name) }
    }

    /// Forgets which records were deleted or corrected before an instant.
    public func forgetChanges(before instant: Timestamp) async throws(Refusal) {
        try await change { try $0.forgetChanges(before: instant) }
    }

    /// Tells the log, once, which kept followers lost events by a commit that pruned the event log.
    func reportFollowersLeftBehind(by writer: StoreWriter) {
        for name in writer.followersLeftBehind {
            logger.warning(
                "the event log was pruned past a follower's position; it misses events",
                metadata: ["follower": "\(name)"]
            )
        }
        writer.followersLeftBehind = []
    }
}
