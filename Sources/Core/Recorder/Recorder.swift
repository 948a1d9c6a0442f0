import Foundation
public import Logging
import Platform
import Synchronization

/// The only writer: every change of the store passes through it and is written by one thread.
///
/// All waiting work is taken as one batch: one transaction inserts records, matches the blacklist, counts and appends
/// events. Receipts exist only after `COMMIT` with `synchronous=FULL`. Batches grow under load; a single read waits
/// for no timer. Pictures are written and synced before, on their own threads. After a commit the writer names who is
/// answered, and continues.
public final class Recorder: Sendable {
    let store: Store
    let pictures: PictureFolder
    let logger: Logger
    private let feed: Feed
    let queue: WorkQueue
    private let progress = Mutex(RecorderLoad())
    private let hasEnded = DispatchSemaphore(value: 0)
    /// Removes obsolete pictures and frees the memory of batches after a commit.
    private let cleanupQueue = DispatchQueue(label: "recorder.cleanupQueue")

    /// The clock of the whole service.
    public let clock: ServiceClock
    let retention = RetentionGuard()

    /// Starts the writer's thread and waits until it has begun; `clock` returns the time.
    ///
    /// Throws if the database cannot be read or written.
    public init(
        store: Store,
        pictures: PictureFolder,
        feed: Feed,
        logger: Logger,
        clock: @escaping ServiceClock
    ) throws {
        self.store = store
        self.pictures = pictures
        self.feed = feed
        self.logger = logger
        self.clock = clock
        queue = WorkQueue(limits: store.limits)
        let beginning = StartupSignal()
        NamedThread.start("recorder") { [self] in run(beginning) }
        try beginning.wait()
        NamedThread.start("recorder.write") { [self] in writePictures() }
        NamedThread.start("recorder.sync") { [self] in syncPictures() }
    }

    /// Offers a read and returns at once; `done` is called once it is on disk, in commit order, or at once if the
    /// queue is full.
    ///
    /// It is called on the writer's thread and must not block.
    public func offer(
        _ read: Read,
        _ done: @escaping @Sendable (Result<Receipt, Refusal>) -> Void
    ) {
        add(.read(PendingRead(read), done))
    }

    /// Like ``offer(_:_:)-(Read,_)``, for reads that are stored in one commit; receipts are in the same order.
    public func offer(
        _ reads: [Read],
        _ noPlates: [Detection] = [],
        _ done: @escaping @Sendable (Result<[Receipt], Refusal>) -> Void
    ) {
        add(.reads(reads.map(PendingRead.init), noPlates, done))
    }

    /// Like ``offer(_:_:)-(Read,_)``, for a detection with its reads.
    public func offer(
        _ detection: Detection,
        _ done: @escaping @Sendable (Result<DetectionReceipt, Refusal>) -> Void
    ) {
        let reads = detection.reads.map(PendingRead.init)
        var alone = detection
        alone.reads = []
        add(.detection(alone, reads, done))
    }

    func add(_ work: WriteJob) {
        if let refusal = queue.add(work) { work.refuse(refusal) }
    }

    /// Runs a change in the next commit and returns its result once that is on disk.
    func change<T: Sendable>(
        _ body: @escaping @Sendable (StoreWriter) throws -> T
    ) async throws(Refusal) -> T {
        try await outcome { offer(change: body, $0) }
    }

    /// Like ``change(_:)``, but returns at once; changes offered by one thread keep their order.
    func offer<T: Sendable>(
        change body: @escaping @Sendable (StoreWriter) throws -> T,
        _ done: @escaping @Sendable (Result<T, Refusal>) -> Void
    ) {
        let change = Mutation(
            run: { writer in
                let outcome = self.attempt(body, on: writer)
                return { _ in done(outcome) }
            },
            refuse: { done(.failure($0)) }
        )
        add(.change(change))
    }

    func attempt<T>(
        _ body: (StoreWriter) throws -> T,
        on writer: StoreWriter
    ) -> Result<T, Refusal> {
        do {
            return .success(try writer.withSavepoint(body))
        } catch let refusal as Refusal {
            return .failure(refusal)
        } catch {
            return .failure(storageRefusal(error))
        }
    }

    /// The least milliseconds that a read takes to be stored, of late: what the disk costs however little is written.
    ///
    /// 0 before the first.
    public var storingMilliseconds: Int64 { queue.storingMilliseconds }

    /// The load of the writer, for the health check.
    public var load: RecorderLoad {
        var load = progress.withLock { $0 }
        (load.queuedReads, load.queuedBytes) = queue.waiting
        return load
    }

    /// Writes the queued work, accepts no more, and returns when the writer's thread has ended.
    public func stop() async {
        queue.close()
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [hasEnded] in
                hasEnded.wait()
                hasEnded.signal()
                continuation.resume()
            }
        }
    }
}

// MARK: - The writer's thread

extension Recorder {
    private func run(_ beginning: StartupSignal) {
        do {
            try store.withWriter(clock: clock, logger: logger, begin: begin) { session in
                beginning.end(nil)
                while var batch = queue.take(.commit) {
                    session.prepareCommit()
                    write(&batch, to: session.writer)
                    noteFallback(session.writer.walFallback)
                    session.checkpointIfNeeded()
                }
            }
        } catch {
            // It did not begin.
            beginning.end(error)
        }
        cleanupQueue.sync {}
        hasEnded.signal()
    }

    /// Logs once that WAL writes are not batched any more.
    private func noteFallback(_ fallback: String?) {
        let isNew = progress.withLock { load in
            defer { load.walFallback = fallback }
            return load.walFallback != fallback
        }
        guard isNew, let fallback else { return }
        logger.warning("WAL writes are not batched", metadata: ["cause": "\(fallback)"])
    }

    private func begin(_ writer: StoreWriter) throws {
        noteFallback(writer.walFallback)
        try beginRetention(writer)
        try writer.commit { writer in
            try writer.adoptTimeZone()
            try writer.advanceDay(to: store.calendar.day(of: writer.now))
        }
        try moveOrphansAside(writer)
        feed.notify(writer.logEnd)
    }

    /// Commits a batch and frees it.
    private func write(_ batch: inout [WriteJob], to writer: StoreWriter) {
        defer { batch = [] }
        refuseReadsOnFullDisk(&batch)
        guard !batch.isEmpty else { return }
        var answers: [WriteJob.Answer] = []
        answers.reserveCapacity(batch.count)
        let proof: CommitProof
        do {
            proof = try writer.commit { writer in
                for work in batch { answers.append(try enter(work, in: writer)) }
            }
        } catch {
            let refusal = storageRefusal(error)
            for work in batch { abandon(work, refusal) }
            return
        }
        let reads = batch.reduce(0) { $0 + ($1.isPicture ? 0 : $1.readCount) }
        progress.withLock { $0.addCommit(ofReads: reads) }
        finish(batch, answers, proof, to: writer)
    }

    /// After the commit: answers, notifies the followers, and leaves the rest to the clean-up queue.
    ///
    /// Both only wake other threads. Doing that on another thread cost each read on a busy server a tenth of a
    /// millisecond.
    private func finish(
        _ batch: [WriteJob],
        _ answers: [WriteJob.Answer],
        _ proof: borrowing CommitProof,
        to writer: StoreWriter
    ) {
        let logEnd = writer.logEnd
        let pictures = writer.picturesToRemove
        writer.picturesToRemove = []
        for answer in answers { answer(proof) }
        feed.notify(logEnd)
        reportFollowersLeftBehind(by: writer)
        cleanupQueue.async { [self] in
            withExtendedLifetime((batch, answers)) {}
            remove(pictures)
        }
    }

    /// Writes one job's rows; returns its answer for after the commit.
    private func enter(_ work: WriteJob, in writer: StoreWriter) throws -> WriteJob.Answer {
        switch work {
        case .change(let change): return change.run(writer)
        case .read(let pending, let done):
            let entry = try writer.insert(pending)
            return { proof in done(.success(Receipt(entry, proof))) }
        case .reads(let reads, let noPlates, let done):
            for noPlate in noPlates { _ = try writer.insert(noPlate, []) }
            let entries = try reads.map(writer.insert)
            return { proof in
                var receipts: [Receipt] = []
                receipts.reserveCapacity(entries.count)
                for entry in entries { receipts.append(Receipt(entry, proof)) }
                done(.success(receipts))
            }
        case .detection(let detection, let reads, let done):
            let (id, entries) = try writer.insert(detection, reads)
            return { proof in done(.success(DetectionReceipt(id: id, entries, proof))) }
        case .picture(let pending, let done):
            let outcome = attempt({ try $0.add(pending) }, on: writer)
            // Here, not in what may be undone.
            if (try? outcome.get()) != .added { writer.picturesToRemove += work.picturePaths }
            return { _ in done(outcome) }
        }
    }

    /// The refusal for a failure of disk or database; the cause is only logged.
    func storageRefusal(_ error: any Error) -> Refusal {
        logger.error(
            "commit failed; the transaction was rolled back",
            metadata: ["error": "\(error)"]
        )
        return Refusal(
            .storage,
            "the read could not be stored (the server's disk or database failed); send it again later"
        )
    }
}

/// Tells the starter of the writer's thread whether it began.
private final class StartupSignal: Sendable {
    private let failure = Mutex<(any Error)?>(nil)
    private let isKnown = DispatchSemaphore(value: 0)

    /// Signals that it began, or failed with an error.
    func end(_ error: (any Error)?) {
        failure.withLock { $0 = error }
        isKnown.signal()
    }

    /// Waits; throws the error if it failed.
    func wait() throws {
        isKnown.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
