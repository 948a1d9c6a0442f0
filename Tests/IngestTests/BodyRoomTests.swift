import Testing

@testable import Ingest

@Suite struct BodyRoomTests {
    /// Somebody with a large body.
    private final class Guest {}

    private typealias Room = BodyRoom<Guest>

    private let bodyMemory = 20 * 1_024 * 1_024
    /// So many of the largest fill it.
    private let guestsMax = 16

    /// A room that is full.
    private func full(_ room: inout Room) -> [Room.Place] {
        (0..<guestsMax).map { _ in
            let (place, isTurn) = room.enter(Guest(), bytes: Room.bytesEach, now: 0)
            #expect(isTurn)
            return place
        }
    }

    @Test func asManyAreReadAsFitAndTheOthersInOrder() {
        var room = Room(bodyMemory: bodyMemory)
        let places = full(&room)
        let (first, second) = (Guest(), Guest())
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
        #expect(!room.enter(Guest(), bytes: Room.bytesEach, now: 0).isTurn)
    }

    @Test func oneBodyAlwaysFits() {
        var room = Room(bodyMemory: 1)
        #expect(room.enter(Guest(), bytes: 1_000 * Room.bytesEach, now: 0).isTurn)
        #expect(!room.enter(Guest(), bytes: 1, now: 0).isTurn)
    }

    @Test func nobodyGoesBeforeThoseWhoWait() {
        var room = Room(bodyMemory: bodyMemory)
        let places = full(&room)
        let (large, small) = (Guest(), Guest())
        #expect(!room.enter(large, bytes: bodyMemory, now: 0).isTurn)
        #expect(!room.enter(small, bytes: 1, now: 0).isTurn)
        room.leave(places[0])
        #expect(room.next() === large)
        #expect(room.next() == nil)
    }

    /// A sender that promises bodies and sends next to nothing has its place for some rounds, and no more.
    @Test func bodiesThatDoNotComeKeepNobodyOut() {
        var room = Room(bodyMemory: bodyMemory)
        let places = full(&room)
        let guest = Guest()
        #expect(!room.enter(guest, bytes: Room.bytesEach, now: 0).isTurn)
        for round in 0..<Room.patience.rounds {
            room.beginRound(now: Int64(round) * Room.patience.milliseconds)
            #expect(room.next() == nil)
            for place in places { room.arrived(1, at: place) }
        }
        room.beginRound(now: Room.patience.milliseconds + 1)
        #expect(room.next() === guest)
        // They give back what they no longer had.
        for place in places { room.leave(place) }
        for _ in 1..<guestsMax {
            #expect(room.enter(Guest(), bytes: Room.bytesEach, now: 0).isTurn)
        }
        #expect(!room.enter(Guest(), bytes: Room.bytesEach, now: 0).isTurn)
    }

    @Test func bodiesThatArriveKeepTheirPlaces() {
        var room = Room(bodyMemory: bodyMemory)
        let places = full(&room)
        #expect(!room.enter(Guest(), bytes: Room.bytesEach, now: 0).isTurn)
        for round in 0..<10 * Room.patience.rounds {
            room.beginRound(now: Int64(round) * Room.patience.milliseconds)
            for place in places { room.arrived(Room.patience.bytes / 2, at: place) }
        }
        #expect(room.next() == nil)
    }

    /// Where rounds are short, many of them pass before the next packet is here.
    @Test func bodiesThatComeByPacketsKeepTheirPlaces() {
        var room = Room(bodyMemory: bodyMemory)
        _ = full(&room)
        #expect(!room.enter(Guest(), bytes: Room.bytesEach, now: 0).isTurn)
        for _ in 0..<100 { room.beginRound(now: Room.patience.milliseconds) }
        #expect(room.next() == nil)
    }

    @Test func whoIsGoneIsNotAsked() {
        var room = Room(bodyMemory: bodyMemory)
        let places = full(&room)
        let (first, second) = (Guest(), Guest())
        let gone = room.enter(first, bytes: Room.bytesEach, now: 0).place
        #expect(!room.enter(second, bytes: Room.bytesEach, now: 5).isTurn)
        room.leave(gone)
        #expect(room.longestWait(now: 7) == 2)
        room.leave(places[0])
        #expect(room.next() === second)
    }

    @Test func whoHasWaitedForTooLongNoLongerDoes() {
        var room = Room(bodyMemory: bodyMemory)
        _ = full(&room)
        let (first, second) = (Guest(), Guest())
        #expect(!room.enter(first, bytes: Room.bytesEach, now: 0).isTurn)
        #expect(!room.enter(second, bytes: Room.bytesEach, now: 10).isTurn)
        #expect(room.overdue(10, now: 10) == nil)
        #expect(room.overdue(10, now: 11) === first)
        #expect(room.overdue(10, now: 11) == nil)
        #expect(room.isWaitedFor)
    }
}
