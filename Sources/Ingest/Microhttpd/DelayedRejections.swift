/// Delays the refusals of an overloaded server; used on the listener's thread.
///
/// `Retry-After` asks a client to wait for a second. One that retries at once only gets another refusal, and takes
/// the time of clients whose reads are accepted: with 2,000 such clients those waited three times as long. So in each
/// second some refusals are sent at once, and the others after up to a second, spread over it, because clients that
/// are refused together return together.
struct DelayedRejections {
    /// Refusals per second that are sent at once.
    static let promptMax = 100
    /// Milliseconds of one tick.
    private static let tickMilliseconds: Int64 = 16
    /// Ticks that a refusal is delayed: between a quarter of a second and one second.
    private static let ticks = 16..<62

    private struct Held {
        let exchange: Exchange
        let answer: Response
    }

    private var second: Int64 = 0
    private var refusals = 0
    /// The delayed refusals by tick: a timer wheel.
    private var wheel = [[Held]](repeating: [], count: 64)
    /// The number of delayed refusals.
    private(set) var count = 0
    /// The last tick whose refusals are sent.
    private var tick: Int64 = 0

    /// When the next tick is due; nil if nothing is delayed.
    var nextDue: Int64? { count > 0 ? (tick + 1) * Self.tickMilliseconds : nil }

    /// Takes a response that can be delayed; false if it must be sent now.
    mutating func hold(_ answer: Response, of exchange: Exchange, now: Int64) -> Bool {
        guard answer.status == 503 else { return false }
        if now / 1_000 != second {
            second = now / 1_000
            refusals = 0
        }
        refusals += 1
        guard refusals > Self.promptMax else { return false }
        if count == 0 { tick = now / Self.tickMilliseconds }
        // Multiples of the golden ratio are evenly distributed.
        let spread = (refusals &* 40_503) & 0xFFFF
        let delay = Self.ticks.lowerBound + ((spread * Self.ticks.count) >> 16)
        wheel[slot(now / Self.tickMilliseconds + Int64(delay))].append(
            Held(exchange: exchange, answer: answer)
        )
        count += 1
        return true
    }

    /// Passes responses that are due to their exchanges, or all of them.
    mutating func release(now: Int64, all: Bool) {
        guard count > 0 else { return }
        let last = all ? tick + Int64(wheel.count) : now / Self.tickMilliseconds
        while tick < last, count > 0 {
            tick += 1
            for held in wheel[slot(tick)] { held.exchange.take(held.answer) }
            count -= wheel[slot(tick)].count
            wheel[slot(tick)].removeAll(keepingCapacity: true)
        }
    }

    private func slot(_ tick: Int64) -> Int { Int(tick & 63) }
}
