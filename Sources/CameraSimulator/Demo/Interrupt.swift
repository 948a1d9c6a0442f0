import Dispatch
import Foundation

/// Runs a closure on Ctrl-C, in place of ending the process, until it is restored.
struct Interrupt {
    private let source: any DispatchSourceSignal

    init(_ action: @escaping @Sendable () -> Void) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler(handler: action)
        source.resume()
    }

    /// Gives Ctrl-C its usual meaning again.
    func restore() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}
