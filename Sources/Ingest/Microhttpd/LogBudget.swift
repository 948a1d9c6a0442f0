internal import Logging

/// Limits the log lines of one listener about refusals: an overload or a misconfigured client must not fill the disk.
struct LogBudget {
    /// Lines per second.
    static let linesMax = 100

    private var second: Int64 = 0
    private var lines = 0

    /// Writes a line unless this second's budget is used up; the first excess line says so.
    mutating func write(
        to logger: Logger,
        _ level: Logger.Level,
        _ message: Logger.Message,
        metadata: () -> Logger.Metadata,
        now: Int64
    ) {
        if now / 1_000 != second {
            second = now / 1_000
            lines = 0
        }
        lines += 1
        if lines <= Self.linesMax {
            logger.log(level: level, message, metadata: metadata())
        } else if lines == Self.linesMax + 1 {
            logger.log(level: level, "further refusals in this second are not logged")
        }
    }
}
