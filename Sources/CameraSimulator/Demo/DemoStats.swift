import Platform
import Synchronization

/// How the demo goes, on one line of the terminal.
final class DemoStats: Sendable {
    private struct State {
        var begun = 0
        var accepted = 0
        var duplicates = 0
        var refused = 0
        var firstRefusal: String?
    }

    private let state = Mutex(State())
    private let total: Int

    init(total: Int) { self.total = total }

    /// A read that is on its way.
    struct Sending: Sendable {
        fileprivate let tally: DemoStats

        func end(with outcome: DemoClient.Outcome) {
            tally.state.withLock { state in
                switch outcome {
                case .accepted(let isDuplicate):
                    state.accepted += 1
                    if isDuplicate { state.duplicates += 1 }
                case .refused(let why):
                    state.refused += 1
                    state.firstRefusal = state.firstRefusal ?? why
                }
            }
        }
    }

    func begin() -> Sending {
        state.withLock { $0.begun += 1 }
        return Sending(tally: self)
    }

    /// Why the first read was refused; nil where none was.
    var firstRefusal: String? { state.withLock { $0.firstRefusal } }

    /// Waits until fewer than `most` reads are on their way.
    func waitForRoom(_ most: Int) async throws {
        while state.withLock({ $0.begun - $0.accepted - $0.refused }) >= most {
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func show() {
        let state = state.withLock { $0 }
        Terminal.update(
            "sent \(state.begun) of \(max(total, state.begun)): \(state.accepted) acknowledged"
                + " (\(state.duplicates) duplicates), \(state.refused) refused"
        )
    }
}
