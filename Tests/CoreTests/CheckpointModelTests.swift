import Testing

@testable import Core

/// That a checkpoint beside the writer loses nothing, on a SQLite with the WAL-reset bug.
@Suite struct CheckpointModelTests {
    /// The number of states that can be reached, and the first in which something is lost.
    private func explore(_ bounds: CheckpointModel.Bounds) -> (
        states: Int, lost: [CheckpointModel]?
    ) {
        var parents: [CheckpointModel: CheckpointModel?] = [CheckpointModel(): nil]
        var waiting = [CheckpointModel()]
        while !waiting.isEmpty {
            var later: [CheckpointModel] = []
            for state in waiting {
                for next in state.next(bounds) where parents[next] == nil {
                    parents.updateValue(state, forKey: next)
                    if !next.isWhole { return (parents.count, path(to: next, parents)) }
                    later.append(next)
                }
            }
            waiting = later
        }
        return (parents.count, nil)
    }

    private func path(
        to state: CheckpointModel,
        _ parents: [CheckpointModel: CheckpointModel?]
    ) -> [CheckpointModel] {
        var path = [state]
        while let last = path.last, let parent = parents[last] ?? nil { path.append(parent) }
        return path.reversed()
    }

    /// The model has the bug, in which a pass takes frames of the next WAL for copied.
    @Test func aPassThatStartsAtAnyTimeLosesACommit() throws {
        let bounds = CheckpointModel.Bounds(rule: .anyTime, commits: 3, passes: 2, hasReader: false)
        let path = try #require(explore(bounds).lost)
        // While the pass had the header of the WAL before, the writer reset it.
        #expect(
            path.contains { $0.pass == .readHeader && $0.writer == .resetting && $0.passFrames > 0 }
        )
    }

    @Test(arguments: [(commits: 4, passes: 3, hasReader: false), (3, 2, true)])
    func aPassThatStartsBehindTheWriterLosesNothing(commits: Int, passes: Int, hasReader: Bool) {
        let bounds = CheckpointModel.Bounds(
            rule: .guarded,
            commits: commits,
            passes: passes,
            hasReader: hasReader
        )
        let (states, lost) = explore(bounds)
        #expect(lost?.map(\.line) == nil)
        #expect(states > 50_000)
    }

    @Test func aPassThatFailedIsFollowedByNoneUntilTheWriterHasChecked() {
        var state = BackfillState()
        #expect(!state.isBehind)
        state.noteCommit(frames: 3)
        #expect(state.isBehind)
        state.notePass(nil)
        state.noteCommit(frames: 5)
        #expect(!state.isBehind)
        state.noteWriterCheckpoint(copied: 5)
        #expect(!state.isBehind)
        // The next commit resets the WAL.
        state.noteCommit(frames: 2)
        #expect(state.isBehind)
    }
}
