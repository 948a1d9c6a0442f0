internal import Core
internal import DequeModule

/// Schedules large uploads.
///
/// Read all at once, four thousand pictures take four thousand buffers, and each advances by a tenth per round of the
/// loop. So only a few megabytes are in flight at a time; the others stay with their senders and in the kernel until
/// they are admitted.
///
/// This is for order; ``BodyMemory`` limits the memory of bodies, including those that are chunked or slow, which are
/// not counted here.
///
/// A slot counts as long as its body arrives. A sender that announces a body and sends nothing, or very slowly, has
/// it for a moment only: otherwise some of them would exclude all others.
struct UploadScheduler<Owner: AnyObject> {
    /// The length up to which a body is never held: it arrives with its head.
    ///
    /// With the head it fills the connection's memory: a sender that has shut down its sending side is only noticed
    /// once its body is read.
    static var smallBody: Int { 8 * 1_024 }
    /// The maximum number of bytes that a body counts: a larger one is read in between.
    static var bytesEach: Int { 256 * 1_024 }
    /// The rounds, or the time if that is longer, in which some of a body must arrive, and how much: nearly as much
    /// as is read in one round, so that a slot stays with a body for which the loop is too slow, and not the other
    /// way round.
    static var interval: (rounds: Int, milliseconds: Int64, bytes: Int) { (3, 5, 4 * 1_024) }

    /// The slot of a body, admitted or waiting.
    final class Slot {
        fileprivate let bytes: Int
        /// When it arrived, in milliseconds.
        fileprivate let came: Int64
        /// The round and time at which some of it arrived last, or it was admitted.
        fileprivate var last: (round: Int, at: Int64) = (0, 0)
        fileprivate var arrived = 0
        fileprivate var counts = false
        /// Its owner; nil once it is over.
        fileprivate var owner: Owner?

        fileprivate init(_ owner: Owner, bytes: Int, came: Int64) {
            (self.owner, self.bytes, self.came) = (owner, bytes, came)
        }
    }

    /// The maximum of announced bytes in flight.
    let bytesMax: Int
    private let waitMax: Int64
    private var inside: [Slot] = []
    private var waiting: Deque<Slot> = []
    private var bytes = 0
    private var round: (number: Int, at: Int64) = (0, 0)
    /// The delay of the upload that has waited longest.
    private var delay = DelayController(interval: LoadShedder.interval)

    /// At most one fifth of the memory for bodies is in flight: received bodies wait for the recorder.
    ///
    /// No upload waits longer than `waitMax` milliseconds once that was exceeded for an interval.
    init(bodyMemory: Int, waitMax: Int64) {
        bytesMax = max(Self.bytesEach, bodyMemory / 5)
        self.waitMax = waitMax
    }

    /// Whether an upload waits.
    var isWaitedFor: Bool { !waiting.isEmpty }

    /// Begins a round of the loop: releases the slots whose bodies have arrived or stalled; returns the owners of
    /// stalled ones.
    ///
    /// This matters only if an upload waits for a slot, or is refused because of those that have one.
    mutating func beginRound(now: Int64, refuses: Bool) -> [Owner] {
        round = (round.number + 1, now)
        guard isWaitedFor || refuses || inside.count > 512 else { return [] }
        var silent: [Owner] = []
        for slot in inside
        where slot.counts && round.number - slot.last.round > Self.interval.rounds
            && now - slot.last.at > Self.interval.milliseconds
        {
            if let owner = slot.owner { silent.append(owner) }
            release(slot)
        }
        inside.removeAll { !$0.counts }
        return silent
    }

    /// Takes a slot for a body of `bytes`; `isTurn` if it may be read now.
    mutating func enter(
        _ owner: Owner,
        bytes: Int,
        now: Int64
    ) -> (slot: Slot, isTurn: Bool) {
        let slot = Slot(owner, bytes: min(bytes, Self.bytesEach), came: now)
        let isTurn = waiting.isEmpty && hasRoom(for: slot)
        if isTurn { begin(slot) } else { waiting.append(slot) }
        return (slot, isTurn)
    }

    /// Some of a body has arrived.
    func arrived(_ bytes: Int, at slot: Slot) {
        slot.arrived += bytes
        guard slot.arrived >= Self.interval.bytes else { return }
        slot.arrived = 0
        slot.last = (round.number, round.at)
    }

    /// A body is complete, or its client is gone.
    mutating func leave(_ slot: Slot) {
        slot.owner = nil
        release(slot)
    }

    /// Whether an upload can be admitted.
    var hasTurn: Bool { waiting.first.map { $0.owner == nil || hasRoom(for: $0) } ?? false }

    /// Admits the next upload; nil if there is none.
    mutating func next() -> Owner? {
        dropThoseOver()
        guard let slot = waiting.first, hasRoom(for: slot) else { return nil }
        waiting.removeFirst()
        begin(slot)
        return slot.owner
    }

    /// Pops the next upload that exceeded the delay target; call until nil.
    ///
    /// A burst is admitted as long as it is short (``LoadShedder``).
    mutating func overdue(now: Int64) -> Owner? {
        dropThoseOver()
        guard let slot = waiting.first, now - slot.came > waitMax else {
            delay.isBelowTarget()
            return nil
        }
        delay.isAboveTarget(since: now, now: now)
        guard delay.isBound(now) else { return nil }
        delay.bind(now)
        waiting.removeFirst()
        return slot.owner
    }

    private mutating func dropThoseOver() {
        while let slot = waiting.first, slot.owner == nil { waiting.removeFirst() }
    }

    private func hasRoom(for slot: Slot) -> Bool { bytes + slot.bytes <= bytesMax }

    private mutating func begin(_ slot: Slot) {
        slot.last = (round.number, round.at)
        slot.counts = true
        bytes += slot.bytes
        inside.append(slot)
    }

    private mutating func release(_ slot: Slot) {
        guard slot.counts else { return }
        slot.counts = false
        slot.owner = nil
        bytes -= slot.bytes
    }
}
