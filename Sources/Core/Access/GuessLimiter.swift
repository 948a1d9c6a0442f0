internal import Foundation
internal import Synchronization

/// Slows the guessing of passwords and codes, by growing delays per name and per address.
///
/// A person at a usual place, an address from which that name signed in before, has an allowance of their own: what
/// strangers do with the same name, from a thousand addresses, makes them wait for nothing. All other attempts are
/// limited three times: by name, by address (IPv6: by /64), and together, so that a flood cannot take the processor.
///
/// An attempt is counted when it is admitted, not when it has failed: otherwise all guesses sent at the same moment
/// would be admitted. So each attempt asks ``retryAfterSeconds(name:address:now:)`` once, and, if admitted, reports one
/// of ``failed(name:address:now:)``, ``succeeded(name:address:now:)`` and ``abandoned(name:address:now:)``.
///
/// Memory is constant (``GuessTable``, ``UsualPlaces``), and holds digests only. Nothing here outlives the process: after a restart, report the places of the sessions that
/// still exist with ``succeeded(name:address:now:)``.
public final class GuessLimiter: Sendable {
    private let state: Mutex<State>

    /// A limiter that knows no usual places.
    public convenience init() { self.init(seed: .random(in: 0 ... .max)) }

    /// Like ``init()``; the seed chooses the rows of the tables.
    init(seed: UInt64) {
        state = Mutex(State(seed: seed))
    }

    /// Admits an attempt and counts it, or returns the seconds after which the next one may be admitted.
    public func retryAfterSeconds(name: String, address: String, now: Timestamp) -> Int? {
        state.withLock { state in
            let place = state.place(name, address)
            let wait = state.wait(place, now: now)
            guard wait <= 0 else { return Int((wait + 999) / 1_000) }
            state.charge(place, now: now)
            return nil
        }
    }

    /// Reports that the name, password or code of an admitted attempt was wrong: the delay begins now.
    public func failed(name: String, address: String, now: Timestamp) {
        state.withLock { $0.postpone($0.place(name, address), now: now) }
    }

    /// Reports that a person has signed in: the address is a usual place of that name from now on.
    public func succeeded(name: String, address: String, now: Timestamp) {
        state.withLock { state in
            let place = state.place(name, address)
            state.refund(place)
            state.usual.add(place, now: now)
        }
    }

    /// Reports that an admitted attempt was not examined, because the service was busy: it does not count.
    public func abandoned(name: String, address: String, now: Timestamp) {
        state.withLock { $0.refund($0.place(name, address)) }
    }

    /// The number of usual places that are remembered.
    var usualPlaceCount: Int { state.withLock { $0.usual.count } }
}

extension GuessLimiter {
    private struct State: Sendable {
        private let seed: UInt64
        private var names = GuessTable(count: 4_096)
        private var addresses = GuessTable(count: 16_384)
        private var strangers = StrangersBudget()
        var usual = UsualPlaces()

        init(seed: UInt64) { self.seed = seed }

        func place(_ name: String, _ address: String) -> UsualPlaces.Place {
            // As names are compared: another spelling of a name must not be counted apart.
            let bare = name.trimmingCharacters(in: .whitespaces).lowercased()
            return UsualPlaces.Place(
                name: KeyedDigest.of(bare.decomposedStringWithCompatibilityMapping, seed: seed),
                address: KeyedDigest.of(AddressBlock.of(address), seed: seed)
            )
        }

        /// Milliseconds until the attempt may be admitted; 0 if it may be now.
        mutating func wait(_ place: UsualPlaces.Place, now: Timestamp) -> Int64 {
            if let wait = usual.wait(place, now: now) { return wait }
            let ofAddress =
                strangers.isScarce(now: now)
                ? GuessAllowance.ofAddressIfScarce : GuessAllowance.ofAddress
            return max(
                names.wait(place.name, .ofName, now: now),
                addresses.wait(place.address, ofAddress, now: now),
                strangers.wait(now: now)
            )
        }

        mutating func charge(_ place: UsualPlaces.Place, now: Timestamp) {
            if usual.charge(place, now: now) { return }
            names.change(place.name) { $0.charge(.ofName, now: now) }
            addresses.change(place.address) { $0.charge(.ofAddress, now: now) }
            strangers.take(now: now)
        }

        mutating func postpone(_ place: UsualPlaces.Place, now: Timestamp) {
            if usual.postpone(place, now: now) { return }
            names.change(place.name) { $0.postpone(now: now) }
            addresses.change(place.address) { $0.postpone(now: now) }
            strangers.end()
        }

        mutating func refund(_ place: UsualPlaces.Place) {
            if usual.refund(place) { return }
            names.change(place.name) { $0.refund() }
            addresses.change(place.address) { $0.refund() }
            strangers.end()
            strangers.giveBack()
        }
    }
}
