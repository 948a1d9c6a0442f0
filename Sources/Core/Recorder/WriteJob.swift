/// A job for the recorder.
enum WriteJob: Sendable {
    /// A single read.
    indirect case read(PendingRead, Done<Receipt>)
    /// Reads, and detections without reads, that are stored in one commit, or not at all.
    case reads([PendingRead], [Detection], Done<[Receipt]>)
    /// Reads with their detection, which no longer holds them itself, so that their pictures' memory is freed as soon
    /// as they are written.
    indirect case detection(Detection, [PendingRead], Done<DetectionReceipt>)
    /// A picture for a read that is kept already.
    indirect case picture(PendingPicture, Done<PictureEntry>)
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
        case .picture(_, let done): done(.failure(refusal))
        case .change(let change): change.refuse(refusal)
        }
    }

    /// The number of reads; a picture that arrives later waits and is refused like one.
    var readCount: Int {
        switch self {
        case .read, .picture: 1
        case .reads(let reads, _, _), .detection(_, let reads, _): reads.count
        case .change: 0
        }
    }

    /// Whether it is a picture for a stored read.
    var isPicture: Bool {
        if case .picture = self { true } else { false }
    }

    /// The bytes of its pictures in memory.
    var byteCount: Int {
        switch self {
        case .read(let pending, _): pending.byteCount
        case .reads(let reads, _, _), .detection(_, let reads, _):
            reads.reduce(0) { $0 + $1.byteCount }
        case .picture(let pending, _): pending.picture?.bytes.count ?? 0
        case .change: 0
        }
    }

    /// The paths of its pictures.
    var picturePaths: [String] {
        switch self {
        case .read(let pending, _): pending.picturePaths
        case .reads(let reads, _, _), .detection(_, let reads, _): reads.flatMap(\.picturePaths)
        case .picture(let pending, _): pending.path.map { [$0] } ?? []
        case .change: []
        }
    }

    /// The same job with its pictures in files, whose paths `write` says.
    func withPictures(inFiles write: PictureWriting) -> WriteJob {
        func written(_ reads: [PendingRead]) -> [PendingRead] {
            var reads = reads
            for index in reads.indices { reads[index].write(write) }
            return reads
        }
        switch self {
        case .read(var pending, let done):
            pending.write(write)
            return .read(pending, done)
        case .reads(let reads, let noPlates, let done):
            return .reads(written(reads), noPlates, done)
        case .detection(let detection, let reads, let done):
            return .detection(detection, written(reads), done)
        case .picture(var pending, let done):
            pending.write(write)
            return .picture(pending, done)
        case .change: return self
        }
    }
}

/// Notes that a picture, received at an instant, is to be written.
typealias PictureWriting = (Picture, Timestamp) -> WrittenPicture

/// A picture's file below the picture folder, and the SHA-256 of its bytes.
struct WrittenPicture: Sendable {
    let path: String
    let digest: [UInt8]
}

/// A read that waits for its commit.
struct PendingRead: Sendable {
    private(set) var read: Read
    /// The files of its pictures, the main one first; none before they are written.
    private(set) var pictures: [KeptPicture] = []

    init(_ read: Read) { self.read = read }

    var byteCount: Int { read.pictures.reduce(0) { $0 + $1.picture.bytes.count } }

    var picturePaths: [String] { pictures.map(\.path) }

    /// The SHA-256 of its main picture.
    private(set) var pictureDigest: [UInt8]?

    /// Records the pictures' paths and the main one's digest, and frees their bytes.
    mutating func write(_ write: PictureWriting) {
        for picture in read.pictures {
            let written = write(picture.picture, read.receivedAt)
            if pictures.isEmpty { pictureDigest = written.digest }
            pictures.append(KeptPicture(picture.subject, written.path))
        }
        read.pictures = []
    }
}

/// A picture that waits to be added to a read that is kept already.
struct PendingPicture: Sendable {
    let recordID: Int64
    let subject: PictureSubject
    let receivedAt: Timestamp
    /// What is wrong with the picture, to be kept with the record's other warnings.
    let warning: Warning?
    /// The picture; nil as soon as it is in a file.
    private(set) var picture: Picture?
    /// The file; nil before it is written.
    private(set) var path: String?
    /// The picture's SHA-256.
    private(set) var digest: [UInt8]?

    init(_ picture: ReadPicture, recordID: Int64, receivedAt: Timestamp, warning: Warning?) {
        self.recordID = recordID
        self.receivedAt = receivedAt
        self.warning = warning
        subject = picture.subject
        self.picture = picture.picture
    }

    mutating func write(_ write: PictureWriting) {
        guard let written = picture.map({ write($0, receivedAt) }) else { return }
        (path, digest) = (written.path, written.digest)
        picture = nil
    }
}

/// What became of a picture that came later, inside the transaction.
enum PictureEntry: Sendable {
    case added
    /// The record has a picture of this subject already.
    case exists
}

/// A change other than reads: exactly one of its two closures is called.
struct Mutation: Sendable {
    /// Makes the change inside the transaction; returns its answer for after the commit.
    let run: @Sendable (StoreWriter) -> WriteJob.Answer
    /// Refuses the change.
    let refuse: @Sendable (Refusal) -> Void
}
