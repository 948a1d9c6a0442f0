import Foundation
import Platform

/// A status line, for a terminal or a log file.
struct CameraDisplay {
    private let interval: Duration = isatty(STDERR_FILENO) == 1 ? .milliseconds(200) : .seconds(5)
    private var shown = ""
    private var shownAt: ContinuousClock.Instant?
    /// Whether the next line is shown however soon it comes.
    var isForced = true

    /// Shows a line where it says something new and the one before has stood long enough.
    mutating func show(_ line: String, force: Bool = false) {
        guard line != shown else { return }
        let isTime = shownAt.map { $0.duration(to: .now) >= interval } ?? true
        guard force || isForced || isTime else { return }
        Terminal.update(line)
        shown = line
        shownAt = .now
        isForced = false
    }
}
