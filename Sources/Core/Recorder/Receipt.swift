/// The promise that a read is on disk.
///
/// Only a ``CommitProof`` makes one, and only a successful `COMMIT` gives a proof.
public struct Receipt: Sendable, Equatable {
    /// The record's id: the first one's, if the read was known already.
    public let recordID: Int64
    /// Whether the same (`camera_id`, `event_id`) had been kept before.
    public let isDuplicate: Bool
    /// How the plate matched the blacklist; nil if it did not.
    public let match: BlacklistMatch?

    init(_ entry: StoreWriter.Entry, _ proof: borrowing CommitProof) {
        recordID = entry.recordID
        isDuplicate = entry.isDuplicate
        match = entry.match
    }
}

/// The promise that a detection and its reads are on disk.
public struct DetectionReceipt: Sendable, Equatable {
    /// The detection's number.
    public let id: Int64
    /// One for each OCR result; none if the detection was known already.
    public let receipts: [Receipt]

    init(id: Int64, _ entries: [StoreWriter.Entry], _ proof: borrowing CommitProof) {
        self.id = id
        var receipts: [Receipt] = []
        receipts.reserveCapacity(entries.count)
        for entry in entries { receipts.append(Receipt(entry, proof)) }
        self.receipts = receipts
    }
}
