import ArgumentParser
import Core
import Foundation
import Platform

/// `lprserver reindex`.
struct Reindex: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Make all counters and indexes again from the records, in a stopped service's database.",
        discussion: """
            What the database keeps beside records, plates, cameras, blacklist, events and health follows \
            from them: counters, search and duplicate indexes. If `lprserver check` finds one of them wrong, \
            or the service says so at its start, stop the service and run this. It loses nothing and \
            changes no answer that was right. If counters were wrong, pages of past days are, too: \
            `lprserver generate --full` makes them again.

            It takes five to seven seconds for a million records, and as much free disk as a third of the \
            database, beside it and in TMPDIR. It may be interrupted at any time: the next call, or the \
            next start of the service, goes on.

            Exit code: 0 everything is made, 1 it is not and the last line says why, 64 wrong arguments \
            or settings.

            Example:
              systemctl stop lprserver && lprserver reindex && systemctl start lprserver
            """
    )

    @OptionGroup var flags: SettingFlags

    func run() async throws {
        let settings = try flags.load()
        if let reason = settings.missingDatabase { throw ValidationError(reason) }
        do {
            try reindex(settings)
        } catch let error as Refusal {
            Terminal.say("lprserver reindex: \(error.message)")
            throw ExitCode(1)
        }
    }

    private func reindex(_ settings: Settings) throws {
        guard let lock = try ProcessLock.ifFree(databasePath: settings.databasePath) else {
            throw Refusal(
                .conflict,
                "a running lprserver uses \(settings.databasePath); stop it first: nothing may be written"
                    + " while its indexes are made"
            )
        }
        defer { lock.release() }
        let store = try Composition(settings).store(finishesReindex: false)
        var report = ReindexReport()
        try store.reindex { report.tell($0) }
        try store.close()
        Terminal.update(report.end(of: settings.databasePath))
        Terminal.say("")
    }
}

/// What a terminal shows of a reindex.
private struct ReindexReport {
    private let start = ContinuousClock.now
    private var first: Double?
    private var lastLine: ContinuousClock.Instant?
    private var total: Int64 = 0

    private var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// A line each second on a terminal, and some in a file.
    mutating func tell(_ progress: ReindexProgress) {
        // It may go on in the middle.
        let first = first ?? progress.fraction
        (self.first, total) = (first, progress.total)
        let pause = isatty(STDERR_FILENO) == 1 ? 0.25 : 10
        if let lastLine, (ContinuousClock.now - lastLine) / .seconds(1) < pause { return }
        lastLine = .now
        let done = progress.fraction - first
        var line =
            "\(Int(progress.fraction * 100)) %, step \(progress.step) of \(progress.steps)"
            + " (\(progress.name)): \(progress.records) of \(total) records"
        if done > 0 {
            let rate = done * Double(total) / seconds
            let left = (1 - progress.fraction) / done * seconds
            line += ", \(Int(rate)) records/s, \(Int(left.rounded(.up))) s left"
        }
        Terminal.update(line)
    }

    func end(of path: String) -> String {
        let rate = seconds > 0 ? Int(Double(total) * (1 - (first ?? 0)) / seconds) : 0
        let time = String(format: "%.1f", seconds)
        return "the indexes of \(path) are made: \(total) records in \(time) s (\(rate) records/s)"
    }
}
