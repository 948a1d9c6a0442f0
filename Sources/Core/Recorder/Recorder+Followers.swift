import Logging

/// Followers of the event log whose position is kept, and what copies of the records elsewhere go by.
extension Recorder {
    /// Stores a follower's position; returns once it is on disk.
    public func keepPosition(_ id: Int64, ofFollower name: String) async throws(Refusal) {
        try await change { try $0.keepPosition(id, ofFollower: name) }
    }

    /// Removes a follower for good, so that the log no longer warns of it.
    public func forgetFollower(_ name: String) async throws(Refusal) {
        try await change { try $0.forgetFollower(name) }
    }

    /// Prunes the list of deletions and corrections before an instant.
    public func forgetChanges(before instant: Timestamp) async throws(Refusal) {
        try await change { try $0.forgetChanges(before: instant) }
    }

    /// Logs once which stored followers lost events by a commit that pruned the event log.
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
