/// The backfill of the WAL: committed frames, and frames that a checkpoint has copied into the database.
///
/// SQLite 3.7.0 to 3.51.2 can lose committed transactions if a checkpoint starts on one connection while the whole
/// WAL is copied, and another connection's commit resets the WAL at that moment (sqlite.org/wal.html, "The WAL-Reset
/// Bug"). A commit resets the WAL only if all of it is copied, and only a checkpoint copies. So a checkpoint beside
/// the writer starts only if ``isBehind``: while committed frames are not copied, no commit can reset the WAL before
/// the checkpoint itself has copied them. docs/DECISIONS.md has the argument in full; `CheckpointModelTests` checks
/// it over all interleavings with this type.
///
/// It holds if only this process checkpoints, one checkpoint at a time.
struct BackfillState: Hashable, Sendable {
    /// Frames in the WAL after the newest commit that was reported.
    private var committed = 0
    /// An upper bound of the copied frames; nil after a pass failed.
    private var copiedMax: Int? = 0

    /// Whether some committed frames are certainly not copied, so that a pass may start.
    var isBehind: Bool { copiedMax.map { committed > $0 } ?? false }

    /// Notes a commit after which the WAL has `frames` frames; called in commit order.
    mutating func noteCommit(frames: Int) {
        // Each noted commit adds at least one frame, so the WAL was reset. What a running pass copies of the new one,
        // its end reports.
        if frames <= committed { copiedMax = 0 }
        committed = frames
    }

    /// Notes the end of a pass that found `frames` frames in the WAL, of which `copied` are copied now; nil if it
    /// failed.
    mutating func notePass(_ answer: (frames: Int, copied: Int)?) {
        // The WAL may have been reset before SQLite read the second number.
        copiedMax = answer.map { $0.copied > 0 ? $0.copied : $0.frames }
    }

    /// Notes a checkpoint on the writer's own connection after which `copied` frames are copied; nil if it failed.
    ///
    /// Only while no pass runs; on the writer's thread, so that every commit is noted.
    mutating func noteWriterCheckpoint(copied: Int?) {
        copiedMax = copied ?? committed
    }
}
