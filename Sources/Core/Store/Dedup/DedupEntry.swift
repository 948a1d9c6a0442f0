/// An event id in the ``DedupIndex``: its hash, and the record that has it.
struct DedupEntry: Hashable {
    let hash: DedupHash
    let record: Int64
}
