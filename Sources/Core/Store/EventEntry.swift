/// An event id in the ``EventIndex``: its hash, and the record that has it.
struct EventEntry: Hashable {
    let hash: EventHash
    let record: Int64
}
