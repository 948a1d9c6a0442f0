@testable import Core

/// A model of SQLite's WAL, a writer and a checkpointer beside it, as far as wal.c of 3.40 goes: each case of
/// ``WriterStep`` and ``PassStep`` is what happens between two moments at which another thread may come in.
///
/// A commit writes one or two pages, with its own number as their content, so that a lost frame shows.
struct CheckpointModel: Hashable {
    enum Rule: CaseIterable {
        /// A pass may start at any time, as it could before.
        case anyTime
        /// A pass starts only if ``BackfillState`` allows it.
        case guarded
    }

    enum WriterStep: Hashable {
        case idle
        /// walTryBeginRead has seen that all is copied, and is about to lock mark 0.
        case sawAllCopied
        /// It holds a mark, and is about to write its first page.
        case reading
        /// walRestartHdr: the header is written, the number of copied frames is not yet.
        case resetting
        /// It is about to write its frames into the file.
        case writing
        /// It is about to enter them into the index.
        case indexing
        /// It is about to write the index's header, which makes them a commit.
        case publishing
        /// The header is written, the hook was not called yet.
        case committed
    }

    enum PassStep: Hashable {
        case idle
        /// It holds the checkpoint lock, and is about to read the header.
        case started
        /// It has the header, and is about to look at what is copied already.
        case readHeader
        /// It is about to look at the readers' marks.
        case behind
        /// It is about to list the frames to copy.
        case bounded
        /// It is about to lock mark 0.
        case listed
        /// It has the lock, and copies page by page.
        case copying(page: Int)
        /// It has copied, but not said so.
        case copied
        /// It still has to read the number that it answers with.
        case ended
        /// It has answered; the guard does not know of it yet.
        case answered
    }

    struct Answer: Hashable {
        let frames, copied: Int
    }

    /// How much is explored.
    struct Bounds {
        var rule: Rule
        var commits: Int
        var passes: Int
        var hasReader: Bool
    }

    static let pageCount = 2

    // What is shared: the index's header, its marks and lists, and both files.
    var frames = 0
    var backfilled = 0
    var index: [Int?] = []
    var log: [Int] = []
    var database = [Int](repeating: 0, count: pageCount)
    var isMarkZeroHeldByPass = false

    // The writer.
    var writer = WriterStep.idle
    var holdsMarkZero = false
    /// The frame that the writer's mark bounds checkpoints by.
    var writerMark: Int?
    var commits = 0
    var size = 0
    var committed = [Int](repeating: 0, count: pageCount)

    // A reader, whose mark keeps the WAL from being reset.
    var readerMark: Int?
    var readerStarts = 0

    // The checkpointer.
    var pass = PassStep.idle
    var passes = 0
    var passFrames = 0
    var passBound = 0
    var copies = [Int?](repeating: nil, count: pageCount)
    var answer: Answer?
    var state = BackfillState()

    /// Whether a reader that starts now sees everything that was committed.
    var isWhole: Bool {
        // Between header and number of copied frames of a reset, readers try again.
        if writer == .resetting { return true }
        return (0..<Self.pageCount).allSatisfy { page in
            let frame = (backfilled..<max(backfilled, frames)).last { index[$0] == page }
            return (frame.map { log[$0] } ?? database[page]) == committed[page]
        }
    }

    /// All states that may be next.
    func next(_ bounds: Bounds) -> [CheckpointModel] {
        writerSteps(bounds) + (bounds.hasReader ? readerSteps() : []) + passSteps(bounds)
    }

    /// What both threads are about to do, for a failure's report.
    var line: String {
        "\(writer) \(pass): \(frames) frames, \(backfilled) copied, log \(log), database \(database), \(state)"
    }

    private func with(_ change: (inout CheckpointModel) -> Void) -> CheckpointModel {
        var copy = self
        change(&copy)
        return copy
    }
}

// MARK: - The writer

extension CheckpointModel {
    private func page(_ place: Int) -> Int { (commits + place) % Self.pageCount }

    private func writerSteps(_ bounds: Bounds) -> [CheckpointModel] {
        switch writer {
        case .idle: beginnings(bounds) + writerCheckpoints()
        case .sawAllCopied:
            // Where the checkpointer has the lock, walTryBeginRead takes a mark of its own.
            [with { $0.take(markZero: !isMarkZeroHeldByPass) }]
        case .reading: [firstWrite()]
        case .resetting:
            [
                with {
                    $0.backfilled = 0
                    $0.holdsMarkZero = false
                    $0.writerMark = 0
                    $0.writer = .writing
                }
            ]
        case .writing: [with { $0.writeFrames() }]
        case .indexing: [with { $0.indexFrames() }]
        case .publishing: [with { $0.publish() }]
        case .committed:
            [
                with {
                    $0.state.noteCommit(frames: frames)
                    ($0.holdsMarkZero, $0.writerMark) = (false, nil)
                    $0.writer = .idle
                }
            ]
        }
    }

    private func beginnings(_ bounds: Bounds) -> [CheckpointModel] {
        guard commits < bounds.commits else { return [] }
        return (1...Self.pageCount).map { size in
            with {
                $0.commits += 1
                $0.size = size
                if backfilled == frames {
                    $0.writer = .sawAllCopied
                } else {
                    $0.take(markZero: false)
                }
            }
        }
    }

    private mutating func take(markZero: Bool) {
        holdsMarkZero = markZero
        writerMark = markZero ? nil : frames
        writer = .reading
    }

    /// walRestartLog: the WAL is reset if all of it is copied and no reader reads from it.
    private func firstWrite() -> CheckpointModel {
        with {
            if holdsMarkZero, backfilled > 0, readerMark == nil {
                $0.frames = 0
                $0.writer = .resetting
            } else {
                $0.writer = .writing
            }
        }
    }

    private mutating func writeFrames() {
        for place in frames..<frames + size {
            if place < log.count { log[place] = commits } else { log.append(commits) }
        }
        writer = .indexing
    }

    private mutating func indexFrames() {
        // walIndexAppend: the first frame of a WAL clears the list of the WAL before.
        index = frames == 0 ? [] : Array(index.prefix(frames))
        for place in 0..<size { index.append(page(place)) }
        writer = .publishing
    }

    private mutating func publish() {
        for place in 0..<size { committed[page(place)] = commits }
        frames += size
        writer = .committed
    }

    /// The writer's own checkpoint; only if no pass is under way.
    ///
    /// It may fail before anything is copied or after.
    private func writerCheckpoints() -> [CheckpointModel] {
        guard pass == .idle, commits > 0 else { return [] }
        let bound = min(frames, readerMark ?? frames)
        return [true, false].map { isKnown in
            with {
                $0.list(to: bound)
                for page in 0..<Self.pageCount { $0.copy(page) }
                $0.backfilled = max(backfilled, bound)
                $0.copies = [Int?](repeating: nil, count: Self.pageCount)
                $0.state.noteWriterCheckpoint(copied: isKnown ? $0.backfilled : nil)
            }
        } + [with { $0.state.noteWriterCheckpoint(copied: nil) }]
    }

    private func readerSteps() -> [CheckpointModel] {
        if readerMark != nil { return [with { $0.readerMark = nil }] }
        // One that reads the database only, or while the writer resets the WAL, does not interfere.
        guard readerStarts == 0, backfilled < frames, writer != .resetting else { return [] }
        return [
            with {
                $0.readerMark = frames
                $0.readerStarts += 1
            }
        ]
    }
}

// MARK: - The checkpointer

extension CheckpointModel {
    private func passSteps(_ bounds: Bounds) -> [CheckpointModel] {
        switch pass {
        case .idle: starts(bounds)
        case .started:
            [
                with {
                    $0.passFrames = frames
                    $0.pass = .readHeader
                }
            ]
        case .readHeader: [with { $0.pass = backfilled < passFrames ? .behind : .ended }]
        case .behind:
            [
                with {
                    $0.passBound = [writerMark, readerMark].compactMap(\.self).reduce(
                        passFrames,
                        min
                    )
                    $0.pass = .bounded
                }
            ]
        case .bounded:
            [
                with {
                    guard backfilled < passBound else { return $0.pass = .ended }
                    $0.list(to: passBound)
                    $0.pass = .listed
                }
            ]
        case .listed:
            [
                with {
                    guard !holdsMarkZero else { return $0.end() }
                    $0.isMarkZeroHeldByPass = true
                    $0.pass = .copying(page: 0)
                }
            ]
        case .copying(let page):
            [
                with {
                    $0.copy(page)
                    $0.pass = page + 1 < Self.pageCount ? .copying(page: page + 1) : .copied
                },
                // The disk fails.
                with { $0.fail() },
            ]
        case .copied:
            [
                with {
                    $0.backfilled = passBound
                    $0.end()
                },
                with { $0.fail() },
            ]
        case .ended:
            [
                with {
                    $0.answer = Answer(frames: passFrames, copied: backfilled)
                    $0.pass = .answered
                }
            ]
        case .answered: [with { $0.finishPass() }]
        }
    }

    private func starts(_ bounds: Bounds) -> [CheckpointModel] {
        guard passes < bounds.passes else { return [] }
        var copy = self
        (copy.pass, copy.passes) = (.started, passes + 1)
        return bounds.rule == .anyTime || state.isBehind ? [copy] : []
    }

    /// walIteratorInit: the newest frame of each page, as the index says now.
    private mutating func list(to bound: Int) {
        copies = (0..<Self.pageCount).map { page in
            (backfilled..<max(backfilled, bound)).last { $0 < index.count && index[$0] == page }
        }
    }

    private mutating func copy(_ page: Int) {
        if let frame = copies[page] { database[page] = log[frame] }
    }

    private mutating func end() {
        isMarkZeroHeldByPass = false
        pass = .ended
    }

    private mutating func fail() {
        isMarkZeroHeldByPass = false
        answer = nil
        pass = .answered
    }

    private mutating func finishPass() {
        state.notePass(answer.map { ($0.frames, $0.copied) })
        (pass, answer, passFrames, passBound) = (.idle, nil, 0, 0)
        copies = [Int?](repeating: nil, count: Self.pageCount)
    }
}
