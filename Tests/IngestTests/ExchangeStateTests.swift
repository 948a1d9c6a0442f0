import Testing

@testable import Ingest

@Suite struct ExchangeStateTests {
    private typealias State = Exchange.State

    /// The table of `Exchange+State.swift`, without `ended`, which is possible in every state.
    private static let table: [(Exchange.State, Exchange.Event, Exchange.State)] = [
        (.head, .bodyBegins, .body), (.body, .mustWait, .held), (.held, .bodyBegins, .body),
        (.body, .complete, .working), (.body, .answered, .answering),
        (.working, .answered, .answering), (.head, .refusedEarly, .draining),
        (.body, .refusedEarly, .draining),
    ]

    @Test func nothingMovesARequestButTheTable() {
        for state in State.allCases {
            for event in Exchange.Event.allCases where event != .ended {
                let row = Self.table.first { $0.0 == state && $0.1 == event }
                #expect(state.after(event) == row?.2, "\(event) while \(state)")
            }
            #expect(state.after(.ended) == .over)
        }
    }

    @Test func everyStateIsReached() {
        var reached: Set<State> = [.head]
        for _ in State.allCases {
            for state in reached {
                reached.formUnion(Exchange.Event.allCases.compactMap { state.after($0) })
            }
        }
        #expect(reached == Set(State.allCases))
    }

    @Test func nothingLeavesTheEnd() {
        for event in Exchange.Event.allCases {
            #expect([nil, .over].contains(State.over.after(event)))
        }
    }
}
