/// Proof that a read is on disk.
///
/// Only a ``CommitProof`` makes one, and only a successful `COMMIT` gives a proof.
public struct Receipt: Sendable, Equatable {
    /// The record's id; for a duplicate, the first record's.
    public let recordID: Int64
    /// Whether the same (`camera_id`, `event_id`) was stored before.
    public let isDuplicate: Bool
    /// How the plate matched the blacklist; nil if it did not.
    public let match: BlacklistMatch?

    init(_ entry: StoreWriter.Entry, _ proof: borrowing CommitProof) {
        recordID = entry.recordID
        isDuplicate = entry.isDuplicate
        match = entry.match
    }
}

/// Proof that a detection and its reads are on disk.
public struct DetectionReceipt: Sendable, Equatable {
    /// The detection's id.
    public let id: Int64
    /// One receipt per OCR result; none for a duplicate.
    public let receipts: [Receipt]

    init(id: Int64, _ entries: [StoreWriter.Entry], _ proof: borrowing CommitProof) {
        self.id = id
        var receipts: [Receipt] = []
        receipts.reserveCapacity(entries.count)
        for entry in entries { receipts.append(Receipt(entry, proof)) }
        self.receipts = receipts
    }
}
