import Seeded
import Testing

@testable import Ingest

@Suite struct SuspensionTests {
    private typealias Call = @Sendable (inout Suspension) -> Bool

    private static let calls: [(name: String, call: Call)] = [
        ("wake", { $0.wake() }), ("park", { $0.park() }), ("resume", { $0.resume() }),
        ("keepParked", { $0.keepParked() }),
    ]

    /// The table of `Suspension.swift`: what each call makes of each state, and what it returns.
    private static let table: [String: [Suspension: (next: Suspension, does: Bool)]] = [
        "wake": [
            .running: (.woken, false), .woken: (.woken, false), .parked: (.queued, true),
            .queued: (.queued, false), .over: (.over, false),
        ],
        "park": [
            .running: (.parked, true), .woken: (.running, false), .parked: (.parked, false),
            .queued: (.queued, false), .over: (.over, false),
        ],
        "resume": [
            .running: (.running, false), .woken: (.woken, false), .parked: (.running, true),
            .queued: (.running, true), .over: (.over, false),
        ],
        "keepParked": [
            .running: (.running, false), .woken: (.woken, false), .parked: (.parked, true),
            .queued: (.parked, true), .over: (.over, false),
        ],
    ]

    @Test func everyCallInEveryStateIsTheTables() throws {
        for (name, call) in Self.calls {
            for state in Suspension.allCases {
                var next = state
                let does = call(&next)
                let expected = try #require(Self.table[name]?[state])
                #expect(next == expected.next && does == expected.does, "\(name) while \(state)")
            }
        }
        for state in Suspension.allCases {
            var next = state
            next.end()
            #expect(next == .over)
        }
    }

    /// In any order of calls, it is in the queue at most once, and after a wake it is checked again.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func noWakeIsLostAndNoneIsQueuedTwice(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var suspension = Suspension.running
        var (queued, mustLook, isSuspended) = (0, false, false)
        for _ in 0..<1_000 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                if suspension.wake() { queued += 1 }
                mustLook = true
            case 1 where !isSuspended:
                isSuspended = suspension.park()
                #expect(isSuspended != mustLook)
                mustLook = false
            case 2 where queued > 0:
                queued -= 1
                if suspension.resume() { isSuspended = false }
                mustLook = false
            case 3 where queued > 0:
                queued -= 1
                #expect(suspension.keepParked() == isSuspended)
                mustLook = false
            default: break
            }
            #expect(queued <= 1)
            #expect(suspension.isParked == isSuspended)
            // A suspended exchange with work is in the queue.
            #expect(!(isSuspended && mustLook) || queued == 1)
        }
    }
}
