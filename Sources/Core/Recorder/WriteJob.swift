/// A job for the recorder.
enum WriteJob: Sendable {
    /// A single read.
    indirect case read(PendingRead, Done<Receipt>)
    /// Reads, and detections without reads, that are stored in one commit, or not at all.
    case reads([PendingRead], [Detection], Done<[Receipt]>)
    /// Reads with their detection, which no longer holds them itself, so that their pictures' memory is freed as soon
    /// as they are written.
    indirect case detection(Detection, [PendingRead], Done<DetectionReceipt>)
    /// Any other change.
    case change(Mutation)

    /// Called with the outcome, once, after the commit.
    typealias Done<Outcome> = @Sendable (Result<Outcome, Refusal>) -> Void

    /// Delivers the outcome of a job; only a commit can call it.
    typealias Answer = @Sendable (borrowing CommitProof) -> Void

    /// Refuses the job.
    func refuse(_ refusal: Refusal) {
        switch self {
        case .read(let pending, let done): done(.failure(refusal.of(pending.read.cameraID)))
        case .reads(_, _, let done): done(.failure(refusal))
        case .detection(let detection, _, let done):
            done(.failure(refusal.of(detection.cameraID)))
        case .change(let change): change.refuse(refusal)
        }
    }

    /// The number of reads.
    var readCount: Int {
        switch self {
        case .read: 1
        case .reads(let reads, _, _), .detection(_, let reads, _): reads.count
        case .change: 0
        }
    }

    /// The bytes of its pictures in memory.
    var byteCount: Int {
        switch self {
        case .read(let pending, _): pending.byteCount
        case .reads(let reads, _, _), .detection(_, let reads, _):
            reads.reduce(0) { $0 + $1.byteCount }
        case .change: 0
        }
    }

    /// The paths of its pictures.
    var picturePaths: [String] {
        switch self {
        case .read(let pending, _): pending.picturePath.map { [$0] } ?? []
        case .reads(let reads, _, _), .detection(_, let reads, _): reads.compactMap(\.picturePath)
        case .change: []
        }
    }

    /// The same job with its reads transformed by `body`.
    func withReads(_ body: (inout PendingRead) -> Void) -> WriteJob {
        func changed(_ reads: [PendingRead]) -> [PendingRead] {
            var reads = reads
            for index in reads.indices { body(&reads[index]) }
            return reads
        }
        switch self {
        case .read(var pending, let done):
            body(&pending)
            return .read(pending, done)
        case .reads(let reads, let noPlates, let done):
            return .reads(changed(reads), noPlates, done)
        case .detection(let detection, let reads, let done):
            return .detection(detection, changed(reads), done)
        case .change: return self
        }
    }
}

/// A read that waits for its commit.
struct PendingRead: Sendable {
    private(set) var read: Read
    /// The path of its picture; nil if it has none, and before it is written.
    private(set) var picturePath: String?
    /// The SHA-256 of its picture.
    private(set) var pictureDigest: [UInt8]?

    init(_ read: Read) { self.read = read }

    var byteCount: Int { read.picture?.bytes.count ?? 0 }

    /// Records the picture's path and digest, and frees its bytes.
    mutating func pictureIsWritten(at path: String, digest: [UInt8]) {
        (picturePath, pictureDigest) = (path, digest)
        read.picture = nil
    }
}

/// A change other than reads: exactly one of its two closures is called.
struct Mutation: Sendable {
    /// Makes the change inside the transaction; returns its answer for after the commit.
    let run: @Sendable (StoreWriter) -> WriteJob.Answer
    /// Refuses the change.
    let refuse: @Sendable (Refusal) -> Void
}
