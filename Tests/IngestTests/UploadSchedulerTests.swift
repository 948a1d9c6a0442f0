import Testing

@testable import Ingest

@Suite struct UploadSchedulerTests {
    /// The owner of a large body.
    private final class Owner {}

    private typealias Room = UploadScheduler<Owner>

    private let bodyMemory = 20 * 1_024 * 1_024
    /// So many of the largest fill it.
    private let guestsMax = 16

    /// A room that is full.
    private func full(_ room: inout Room) -> [Room.Slot] {
        (0..<guestsMax).map { _ in
            let (slot, isTurn) = room.enter(Owner(), bytes: Room.bytesEach, now: 0)
            #expect(isTurn)
            return slot
        }
    }

    @Test func asManyAreReadAsFitAndTheOthersInOrder() {
        var room = Room(bodyMemory: bodyMemory, waitMax: 10)
        let places = full(&room)
        let (first, second) = (Owner(), Owner())
        #expect(!room.enter(first, bytes: Room.bytesEach, now: 0).isTurn)
        #expect(!room.enter(second, bytes: Room.bytesEach, now: 0).isTurn)
        #expect(room.isWaitedFor)
        #expect(!room.hasTurn)
        #expect(room.next() == nil)
        room.leave(places[1])
        #expect(room.hasTurn)
        #expect(room.next() === first)
        #expect(room.next() == nil)
        room.leave(places[0])
        // Who leaves twice gives nothing back twice.
        room.leave(places[0])
        #expect(room.next() === second)
        #expect(!room.isWaitedFor)
        #expect(!room.enter(Owner(), bytes: Room.bytesEach, now: 0).isTurn)
    }

    @Test func oneBodyAlwaysFits() {
        var room = Room(bodyMemory: 1, waitMax: 10)
        #expect(room.enter(Owner(), bytes: 1_000 * Room.bytesEach, now: 0).isTurn)
        #expect(!room.enter(Owner(), bytes: 1, now: 0).isTurn)
    }

    @Test func nobodyGoesBeforeThoseWhoWait() {
        var room = Room(bodyMemory: bodyMemory, waitMax: 10)
        let places = full(&room)
        let (large, small) = (Owner(), Owner())
        #expect(!room.enter(large, bytes: bodyMemory, now: 0).isTurn)
        #expect(!room.enter(small, bytes: 1, now: 0).isTurn)
        room.leave(places[0])
        #expect(room.next() === large)
        #expect(room.next() == nil)
    }

    /// They count as reads under way, for which others are refused by their heads and never wait here.
    @Test func slowBodiesGiveTheirPlacesBackAlsoWhereNobodyWaits() {
        var room = Room(bodyMemory: bodyMemory, waitMax: 10)
        let places = full(&room)
        for round in 0..<Room.interval.rounds {
            let now = Int64(round) * Room.interval.milliseconds
            #expect(room.beginRound(now: now, refuses: true).isEmpty)
            room.arrived(Room.interval.bytes, at: places[0])
            for slot in places[1...] { room.arrived(Room.interval.bytes / 8, at: slot) }
        }
        let later = Int64(Room.interval.rounds) * Room.interval.milliseconds
        #expect(room.beginRound(now: later, refuses: true).count == guestsMax - 1)
    }

    /// A sender that promises bodies and sends next to nothing has its slot for some rounds, and no more.
    @Test func bodiesThatDoNotComeKeepNobodyOut() {
        var room = Room(bodyMemory: bodyMemory, waitMax: 10)
        let places = full(&room)
        let owner = Owner()
        #expect(!room.enter(owner, bytes: Room.bytesEach, now: 0).isTurn)
        for round in 0..<Room.interval.rounds {
            #expect(
                room.beginRound(now: Int64(round) * Room.interval.milliseconds, refuses: false)
                    .isEmpty
            )
            #expect(room.next() == nil)
            for slot in places { room.arrived(1, at: slot) }
        }
        #expect(
            room.beginRound(now: Room.interval.milliseconds + 1, refuses: false).count == guestsMax
        )
        #expect(room.next() === owner)
        // They give back what they no longer had.
        for slot in places { room.leave(slot) }
        for _ in 1..<guestsMax {
            #expect(room.enter(Owner(), bytes: Room.bytesEach, now: 0).isTurn)
        }
        #expect(!room.enter(Owner(), bytes: Room.bytesEach, now: 0).isTurn)
    }

    @Test func bodiesThatArriveKeepTheirPlaces() {
        var room = Room(bodyMemory: bodyMemory, waitMax: 10)
        let places = full(&room)
        #expect(!room.enter(Owner(), bytes: Room.bytesEach, now: 0).isTurn)
        for round in 0..<10 * Room.interval.rounds {
            #expect(
                room.beginRound(now: Int64(round) * Room.interval.milliseconds, refuses: false)
                    .isEmpty
            )
            for slot in places { room.arrived(Room.interval.bytes / 2, at: slot) }
        }
        #expect(room.next() == nil)
    }

    /// Where rounds are short, many of them pass before the next packet is here.
    @Test func bodiesThatComeByPacketsKeepTheirPlaces() {
        var room = Room(bodyMemory: bodyMemory, waitMax: 10)
        _ = full(&room)
        #expect(!room.enter(Owner(), bytes: Room.bytesEach, now: 0).isTurn)
        for _ in 0..<100 {
            #expect(room.beginRound(now: Room.interval.milliseconds, refuses: false).isEmpty)
        }
        #expect(room.next() == nil)
    }

    @Test func whoIsGoneIsNotAsked() {
        var room = Room(bodyMemory: bodyMemory, waitMax: 10)
        let places = full(&room)
        let (first, second) = (Owner(), Owner())
        let gone = room.enter(first, bytes: Room.bytesEach, now: 0).slot
        #expect(!room.enter(second, bytes: Room.bytesEach, now: 5).isTurn)
        room.leave(gone)
        // The next one has not waited for long.
        #expect(room.overdue(now: 12) == nil)
        room.leave(places[0])
        #expect(room.next() === second)
    }

    /// A burst waits; while the target is always exceeded, none may wait longer.
    @Test func whereTheWaitStaysLongWhoHasWaitedForTooLongNoLongerDoes() {
        var room = Room(bodyMemory: bodyMemory, waitMax: 10)
        _ = full(&room)
        let guests = (0..<3).map { _ in Owner() }
        for owner in guests[..<2] {
            #expect(!room.enter(owner, bytes: Room.bytesEach, now: 0).isTurn)
        }
        #expect(room.overdue(now: 11) == nil)
        #expect(room.overdue(now: 10 + LoadShedder.interval) == nil)
        #expect(room.overdue(now: 11 + LoadShedder.interval) === guests[0])
        #expect(room.overdue(now: 11 + LoadShedder.interval) === guests[1])
        #expect(room.overdue(now: 11 + LoadShedder.interval) == nil)
        // For a while, later ones may wait as long as the target, and no longer.
        #expect(!room.enter(guests[2], bytes: Room.bytesEach, now: 500).isTurn)
        #expect(room.overdue(now: 510) == nil)
        #expect(room.overdue(now: 511) === guests[2])
    }

    @Test func aWaitThatIsShortNowAndThenIsNoReason() {
        var room = Room(bodyMemory: bodyMemory, waitMax: 10)
        let places = full(&room)
        for (number, slot) in places.enumerated() {
            let now = Int64(number) * (LoadShedder.interval - 1)
            let owner = Owner()
            #expect(!room.enter(owner, bytes: Room.bytesEach, now: now - 11).isTurn)
            #expect(room.overdue(now: now) == nil)
            room.leave(slot)
            #expect(room.next() === owner)
            #expect(room.overdue(now: now) == nil)
        }
    }
}
