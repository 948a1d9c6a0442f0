/// Something that is to happen once, on the loop's thread.
final class SocketTimer: Comparable {
    /// When, in the loop's milliseconds.
    let due: Int64
    private let number: Int
    private var work: (() -> Void)?

    init(due: Int64, number: Int, _ work: @escaping () -> Void) {
        self.due = due
        self.number = number
        self.work = work
    }

    /// Whether it will not happen.
    var isCancelled: Bool { work == nil }

    /// Releases the closure at once: the entry left in the heap retains nothing.
    func cancel() { work = nil }

    func fire() {
        let work = work
        self.work = nil
        work?()
    }

    static func < (left: SocketTimer, right: SocketTimer) -> Bool {
        (left.due, left.number) < (right.due, right.number)
    }

    static func == (left: SocketTimer, right: SocketTimer) -> Bool { left === right }
}
