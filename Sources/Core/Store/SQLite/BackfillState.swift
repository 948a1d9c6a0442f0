/// What this process knows of the WAL's committed frames that no checkpoint has copied into the database yet.
///
/// SQLite 3.7.0 to 3.51.2 can lose committed transactions if a checkpoint starts on one connection while the whole WAL is
/// copied, and another connection's commit resets the WAL at that moment (sqlite.org/wal.html, "The WAL-Reset Bug"). A
/// commit resets the WAL only if all of it is copied, and only a checkpoint copies. So a checkpoint beside the writer
/// starts only if ``isBehind``: while committed frames are not copied, no commit can reset the WAL before the checkpoint
/// itself has copied them. docs/DECISIONS.md has the argument in full; `CheckpointModelTests` checks it over all
/// interleavings with this very type.
///
/// It holds if nothing but this process checkpoints, one checkpoint at a time.
struct BackfillState: Hashable, Sendable {
    /// Frames in the WAL after the newest commit that was reported.
    private var committed = 0
    /// At least as many frames as are copied; nil after a pass that failed.
    private var copiedMax: Int? = 0

    /// Whether committed frames are surely not copied, so that a pass may start.
    var isBehind: Bool { copiedMax.map { committed > $0 } ?? false }

    /// Reports a commit after which the WAL has `frames` frames; called in the order of the commits.
    mutating func noteCommit(frames: Int) {
        // Each commit that is reported adds at least one frame, so that the WAL was reset. What of the new one a pass
        // copies that is under way, its end will say.
        if frames <= committed { copiedMax = 0 }
        committed = frames
    }

    /// Reports the end of a pass that found `frames` frames in the WAL, of which `copied` are copied now; nil if it
    /// failed.
    mutating func notePass(_ answer: (frames: Int, copied: Int)?) {
        // The WAL may have been reset before SQLite read the second number.
        copiedMax = answer.map { $0.copied > 0 ? $0.copied : $0.frames }
    }

    /// Reports that the writer's own connection ran a checkpoint after which `copied` frames are copied; nil if it
    /// failed.
    ///
    /// Only if no pass is under way; on the writer's thread, so that there is no commit that is not reported.
    mutating func noteWriterCheckpoint(copied: Int?) {
        copiedMax = copied ?? committed
    }
}
