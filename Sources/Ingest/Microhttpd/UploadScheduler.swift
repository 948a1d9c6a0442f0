internal import DequeModule

/// The turns in which large bodies are read.
///
/// Read all at once, four thousand pictures take four thousand buffers, and each comes a tenth of itself further in
/// a round of the loop. So only a few megabytes of them are read at a time; the others stay with their senders and
/// in the system until it is their turn.
///
/// This is for order; what bodies take in memory at the most is ``BodyMemory``'s business, also of those that come
/// in chunks or slowly, which are not counted here.
///
/// A slot counts as long as its body arrives. A sender that promises a body and sends nothing, or very slowly,
/// has it for a moment only: else some of them would keep all others out.
struct UploadScheduler<Owner: AnyObject> {
    /// Bytes of a body up to which it waits for nothing: it comes with its head.
    ///
    /// With the head it fills the connection's memory: a sender that has ended its sending side is only
    /// noticed once its body is read.
    static var smallBody: Int { 8 * 1_024 }
    /// Bytes as which a body counts at the most: what arrives of a larger one is read in between.
    static var bytesEach: Int { 256 * 1_024 }
    /// Rounds in which some of a body must arrive, which may last longer, and how much: nearly as much as is read
    /// in one round, so that those have a slot for whom the loop is too slow, and not the other way round.
    static var interval: (rounds: Int, milliseconds: Int64, bytes: Int) { (3, 5, 4 * 1_024) }

    /// What a body has of the room, or waits for.
    final class Slot {
        fileprivate let bytes: Int
        /// Milliseconds of the moment at which it came.
        fileprivate let came: Int64
        /// The round in which some of it arrived last, or its turn began, and when that was.
        fileprivate var last: (round: Int, at: Int64) = (0, 0)
        fileprivate var arrived = 0
        fileprivate var counts = false
        /// Whose it is, until it is over: nil then.
        fileprivate var owner: Owner?

        fileprivate init(_ owner: Owner, bytes: Int, came: Int64) {
            (self.owner, self.bytes, self.came) = (owner, bytes, came)
        }
    }

    /// Bytes that are promised, of the bodies that are read at a time.
    let bytesMax: Int
    private let waitMax: Int64
    private var inside: [Slot] = []
    private var waiting: Deque<Slot> = []
    private var bytes = 0
    private var round: (number: Int, at: Int64) = (0, 0)
    /// Since when somebody has always waited for too long.
    private var longSince: Int64?
    /// Until when nobody may, because somebody was refused.
    private var boundUntil = Int64.min

    /// Of what all bodies may take in memory, a fifth is read at a time: what has come waits for the recorder.
    ///
    /// Nobody waits for longer than `waitMax` milliseconds, where it has been so for more than a moment.
    init(bodyMemory: Int, waitMax: Int64) {
        bytesMax = max(Self.bytesEach, bodyMemory / 5)
        self.waitMax = waitMax
    }

    /// Whether somebody waits.
    var isWaitedFor: Bool { !waiting.isEmpty }

    /// The loop goes round once more: places end whose bodies are there or do not come; returns whose do not.
    ///
    /// It matters only where somebody waits for a slot, or is refused for those who have one.
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

    /// Takes a slot for a body of `bytes`; `isTurn` where it may be read now.
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

    /// Some of a body is here.
    func arrived(_ bytes: Int, at slot: Slot) {
        slot.arrived += bytes
        guard slot.arrived >= Self.interval.bytes else { return }
        slot.arrived = 0
        slot.last = (round.number, round.at)
    }

    /// A body is here whole, or nobody waits for it.
    mutating func leave(_ slot: Slot) {
        slot.owner = nil
        release(slot)
    }

    /// Whether it is somebody's turn.
    var hasTurn: Bool { waiting.first.map { $0.owner == nil || hasRoom(for: $0) } ?? false }

    /// Whose turn it is.
    mutating func next() -> Owner? {
        dropThoseOver()
        guard let slot = waiting.first, hasRoom(for: slot) else { return nil }
        waiting.removeFirst()
        begin(slot)
        return slot.owner
    }

    /// Somebody who has waited for too long, and no longer does; asked once in a round, until there is nobody.
    ///
    /// A crowd is let in whole, as long as it is none but for a moment (``LoadShedder``).
    mutating func overdue(now: Int64) -> Owner? {
        dropThoseOver()
        guard let slot = waiting.first, now - slot.came > waitMax else {
            longSince = nil
            return nil
        }
        let since = longSince ?? now
        longSince = since
        guard now < boundUntil || now - since >= LoadShedder.interval else { return nil }
        boundUntil = now + LoadShedder.memory
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
