/// The addresses from which people signed in before, and their attempts from there.
///
/// Only a success adds a place, so guessing cannot displace one. The oldest are evicted, first among those of the same
/// name, so that one person who travels displaces no other's.
struct UsualPlaces: Sendable {
    /// A name at an address, by their digests.
    struct Place: Hashable {
        let name: UInt64
        let address: UInt64
    }

    private struct Entry {
        var count = GuessCount()
        var signedInAt: Timestamp
    }

    static let placesMax = 1_000
    static let placesPerNameMax = 10

    private var entries: [Place: Entry] = [:]

    var count: Int { entries.count }

    /// Milliseconds until the next attempt may be admitted; nil if the place is not a usual one.
    mutating func wait(_ place: Place, now: Timestamp) -> Int64? {
        entries[place]?.count.wait(.ofUsualPlace, now: now)
    }

    /// Counts an attempt; false if the place is not a usual one.
    mutating func charge(_ place: Place, now: Timestamp) -> Bool {
        entries[place]?.count.charge(.ofUsualPlace, now: now) != nil
    }

    mutating func postpone(_ place: Place, now: Timestamp) -> Bool {
        entries[place]?.count.postpone(now: now) != nil
    }

    mutating func refund(_ place: Place) -> Bool {
        entries[place]?.count.refund() != nil
    }

    /// Adds a place, or forgets the attempts from it.
    mutating func add(_ place: Place, now: Timestamp) {
        entries[place] = Entry(signedInAt: now)
        evict(beyond: Self.placesPerNameMax) { $0.name == place.name }
        evict(beyond: Self.placesMax) { _ in true }
    }

    /// Removes the place with the oldest sign-in of those that `isMember` names if there are more than `max`.
    private mutating func evict(beyond max: Int, _ isMember: (Place) -> Bool) {
        let members = entries.filter { isMember($0.key) }
        guard members.count > max,
            let oldest = members.min(by: { $0.value.signedInAt < $1.value.signedInAt })
        else { return }
        entries[oldest.key] = nil
    }
}
