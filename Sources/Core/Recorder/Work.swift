/// Something for the recorder to do.
enum Work: Sendable {
    /// Reads to be kept; `detection` is the body that they came in, where it has a number of its own.
    case reads(Offer)
    /// Any other change.
    case change(Change)

    /// Answers that it was not done.
    func refuse(_ refusal: Refusal) {
        switch self {
        case .reads(let offer): offer.done(.failure(refusal))
        case .change(let change): change.refuse(refusal)
        }
    }

    /// How many reads it is.
    var readCount: Int {
        if case .reads(let offer) = self { offer.reads.count } else { 0 }
    }

    /// How many bytes of pictures it holds.
    var byteCount: Int {
        guard case .reads(let offer) = self else { return 0 }
        return offer.reads.reduce(0) { $0 + ($1.picture?.bytes.count ?? 0) }
    }

    /// Where its pictures lie.
    var picturePaths: [String] {
        guard case .reads(let offer) = self else { return [] }
        return offer.picturePaths.compactMap(\.self)
    }
}

/// A change other than reads: exactly one of its two ways is gone to the end.
struct Change: Sendable {
    /// Makes the change inside the transaction; returns how it is answered after the commit.
    let run: @Sendable (Ledger) -> @Sendable () -> Void
    /// Answers that it was not made.
    let refuse: @Sendable (Refusal) -> Void
}

/// Reads that belong together, and who waits for them.
struct Offer: Sendable {
    private(set) var reads: [Read]
    /// The detection that they came in, without them: their pictures are let go as soon as they are written.
    private(set) var detection: Detection?
    /// Where each read's picture lies; nil for each that has none, and before it is written.
    private(set) var picturePaths: [String?]
    let done: @Sendable (Result<Kept, Refusal>) -> Void

    /// What a commit made of an offer.
    struct Kept: Sendable {
        let receipts: [Receipt]
        let detectionID: Int64?
    }

    init(
        reads: [Read],
        detection: Detection? = nil,
        done: @escaping @Sendable (Result<Kept, Refusal>) -> Void
    ) {
        self.reads = reads
        self.detection = detection
        self.detection?.reads = []
        picturePaths = Array(repeating: nil, count: reads.count)
        self.done = done
    }

    /// A picture is in its file: the bytes are let go.
    mutating func pictureIsWritten(ofReadAt index: Int, at path: String) {
        picturePaths[index] = path
        reads[index].picture = nil
    }
}
