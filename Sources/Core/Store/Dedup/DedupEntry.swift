/// An entry of the ``DedupIndex``: the hash of an event id and its record.
struct DedupEntry: Hashable {
    let hash: DedupHash
    let record: Int64
}
