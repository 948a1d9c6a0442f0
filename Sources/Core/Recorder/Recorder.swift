import Foundation
import GRDB
public import Logging
import Synchronization

/// The one way in: everything that changes the store passes here, and is written by one thread.
///
/// All that waits is taken as one batch: one transaction inserts records, matches the blacklist, counts
/// and appends events. Only after `COMMIT` with `synchronous=FULL` do receipts exist. Under load the batch
/// grows by itself; alone, a read waits for no timer. Pictures are written and synced before, on threads of
/// their own. After a commit the writer says who is answered, and goes on to the next one.
public final class Recorder: Sendable {
    let store: Store
    let pictures: PictureFolder
    let logger: Logger
    private let feed: Feed
    let queue: WorkQueue
    private let progress = Mutex(RecorderLoad())
    private let hasEnded = DispatchSemaphore(value: 0)
    /// Where pictures are removed that a commit made superfluous, and what it held is let go.
    private let cleanupQueue = DispatchQueue(label: "recorder.cleanupQueue")

    let clock: @Sendable () -> Timestamp
    let retention = RetentionGuard()

    /// Starts the writer's thread and waits until it has begun; `clock` says what time it is.
    ///
    /// Throws where the database cannot be read or written.
    public init(
        store: Store,
        pictures: PictureFolder,
        feed: Feed,
        logger: Logger,
        clock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) throws {
        self.store = store
        self.pictures = pictures
        self.feed = feed
        self.logger = logger
        self.clock = clock
        queue = WorkQueue(limits: store.limits)
        let beginning = StartupSignal()
        start("recorder") { [self] in run(beginning) }
        try beginning.wait()
        start("recorder.write") { [self] in writePictures() }
        start("recorder.sync") { [self] in syncPictures() }
    }

    private func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.start()
    }

    /// Offers a read and returns at once; `done` is called once it is on disk, in the order of the
    /// commits, or at once if the queue is full.
    ///
    /// It is called on the writer's thread and must not block.
    public func offer(
        _ read: Read,
        _ done: @escaping @Sendable (Result<Receipt, Refusal>) -> Void
    ) {
        add(.read(PendingRead(read), done))
    }

    /// As ``offer(_:_:)-(Read,_)``, for reads that are kept in one commit; receipts are in their order.
    public func offer(
        _ reads: [Read],
        _ done: @escaping @Sendable (Result<[Receipt], Refusal>) -> Void
    ) {
        add(.reads(reads.map(PendingRead.init), done))
    }

    func add(_ work: WriteJob) {
        if let refusal = queue.add(work) { work.refuse(refusal) }
    }

    /// Runs a change in the next commit and returns its result once that is on disk.
    func change<T: Sendable>(
        _ body: @escaping @Sendable (StoreWriter) throws -> T
    ) async throws(Refusal) -> T {
        let result: Result<T, Refusal> = await withCheckedContinuation { continuation in
            offer(change: body) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// As ``change(_:)``, but returns at once; changes that one thread offers are made in its order.
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

    private func attempt<T>(
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

    /// How much waits and how much was done: for the health check.
    public var load: RecorderLoad {
        var load = progress.withLock { $0 }
        (load.queuedReads, load.queuedBytes) = queue.waiting
        return load
    }

    /// Writes what waits, takes nothing more, and returns when the writer's thread has ended.
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
            try store.pool.writeWithoutTransaction { db in
                let writer = try StoreWriter(
                    db: db,
                    calendar: store.calendar,
                    limits: store.limits,
                    clock: clock
                )
                noteFallback(writer.walBuffer.fallback)
                try begin(writer)
                let log = try WALCheckpointer(
                    db,
                    path: store.path,
                    bytesMax: store.limits.logBytesMax,
                    logger: logger
                )
                defer { log.close(db) }
                beginning.end(nil)
                while var batch = queue.take(.commit) {
                    writer.mayResetWAL = log.mayReset
                    write(&batch, to: writer)
                    noteFallback(writer.walBuffer.fallback)
                    do {
                        try log.checkpointIfNeeded(db)
                    } catch {
                        logger.warning(
                            "WAL checkpoint failed",
                            metadata: ["cause": "\(error)"]
                        )
                    }
                }
            }
        } catch {
            // It never began: what follows throws nothing.
            beginning.end(error)
        }
        cleanupQueue.sync {}
        hasEnded.signal()
    }

    /// Tells the log once that commits are written page by page from now on.
    private func noteFallback(_ fallback: String?) {
        let isNew = progress.withLock { load in
            defer { load.walFallback = fallback }
            return load.walFallback != fallback
        }
        guard isNew, let fallback else { return }
        logger.warning("WAL writes are not batched", metadata: ["cause": "\(fallback)"])
    }

    private func begin(_ writer: StoreWriter) throws {
        try beginRetention(writer)
        try writer.commit { writer in
            try writer.adoptTimeZone()
            try writer.advanceDay(to: store.calendar.day(of: writer.now))
        }
        try moveOrphansAside(writer)
        feed.notify(writer.latestEventID, ofPages: writer.latestPageEventID)
    }

    /// Commits a batch and takes it away.
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
        let reads = batch.reduce(0) { $0 + $1.readCount }
        progress.withLock { $0.addCommit(ofReads: reads) }
        finish(batch, answers, proof, to: writer)
    }

    /// After the commit: answers, tells the followers, and leaves the rest to the clean-up queue.
    ///
    /// Both only wake others. To have that done on yet another thread had cost each read of a busy server a
    /// tenth of a millisecond, until that thread had its turn.
    private func finish(
        _ batch: [WriteJob],
        _ answers: [WriteJob.Answer],
        _ proof: borrowing CommitProof,
        to writer: StoreWriter
    ) {
        let (latestEventID, pageEventID) = (writer.latestEventID, writer.latestPageEventID)
        let pictures = writer.picturesToRemove
        writer.picturesToRemove = []
        for answer in answers { answer(proof) }
        feed.notify(latestEventID, ofPages: pageEventID)
        cleanupQueue.async { [self] in
            withExtendedLifetime((batch, answers)) {}
            remove(pictures)
        }
    }

    /// Writes one work's rows; returns how it is answered after the commit.
    private func enter(_ work: WriteJob, in writer: StoreWriter) throws -> WriteJob.Answer {
        switch work {
        case .change(let change): return change.run(writer)
        case .read(let pending, let done):
            let entry = try writer.insert(pending)
            return { proof in done(.success(Receipt(entry, proof))) }
        case .reads(let reads, let done):
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
        }
    }

    /// Words a failure of disk or database; the cause goes to the log only.
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

/// Whether the writer's thread could begin, for the one that started it.
private final class StartupSignal: Sendable {
    private let failure = Mutex<(any Error)?>(nil)
    private let isKnown = DispatchSemaphore(value: 0)

    /// It began, or did not because of an error.
    func end(_ error: (any Error)?) {
        failure.withLock { $0 = error }
        isKnown.signal()
    }

    /// Throws why it did not begin.
    func wait() throws {
        isKnown.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
