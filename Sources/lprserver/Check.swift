import ArgumentParser
import Core
import Foundation
import Platform
import SiteGen

/// `lprserver check`.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that indexes, counters, pictures and pages are what the records say.",
        discussion: """
            Reads only: it may run beside the service. A line for each kind of damage says what is wrong, \
            how often, an example, and what to do. With --quick it looks at the marks, the sums of the \
            counters, the newest records and a sample of the others; every start of the service does that.

            Exit codes: 0 all is sound, 1 damage was found, 2 it could not be checked.
            """
    )

    @Flag(help: "A look of less than a second instead of at everything.")
    var quick = false

    @Flag(help: "The result as JSON.")
    var json = false

    @Flag(inversion: .prefixedNo, help: "Compare the pictures, too.")
    var pictures = true

    @Flag(inversion: .prefixedNo, help: "Compare the pages with a full build, too.")
    var pages = true

    @OptionGroup var flags: SettingFlags

    private static let damaged = ExitCode(1)
    private static let unchecked = ExitCode(2)

    func run() async throws {
        let settings = try flags.load()
        let report = CheckReport(isJSON: json, isQuick: quick)
        do {
            try check(settings, report)
        } catch {
            guard let finding = StoreCheck.finding(for: error) else {
                report.fail((error as? Refusal)?.message ?? "\(error)")
                throw Check.unchecked
            }
            report.add(finding)
        }
        report.end()
        if !report.isSound { throw Check.damaged }
    }

    private func check(_ settings: Settings, _ report: CheckReport) throws {
        if let reason = settings.missingDatabase { throw Refusal(.invalid, reason) }
        // The running service has checked that already, and its WAL grows.
        let lock = try ProcessLock.ifFree(databasePath: settings.databasePath)
        if lock != nil { try Store.refuseForeignWAL(path: settings.databasePath) }
        defer { lock?.release() }
        let store = try Composition(settings).store(besideService: true)
        lock?.release()
        try StoreCheck(
            store: store,
            picturesPath: pictures ? settings.picturesPath : nil,
            pictureGraceSeconds: lock == nil ? 600 : 0
        ).run(quick: quick, progress: report.progress, found: report.add)
        if pages, !quick {
            try Generator(store: store, options: settings.site).check(
                progress: { report.progress("pages: \($0)") },
                note: report.note,
                found: report.add
            )
        }
    }
}

/// The output of a check: progress at a terminal only, findings always.
final class CheckReport {
    private let isJSON: Bool
    private let isQuick: Bool
    private let isWatched = isatty(STDERR_FILENO) == 1
    private var findings: [Finding] = []
    private var notes: [String] = []

    var isSound: Bool { findings.isEmpty }

    init(isJSON: Bool, isQuick: Bool) { (self.isJSON, self.isQuick) = (isJSON, isQuick) }

    func progress(_ step: String) { if isWatched { Terminal.update("checking \(step)") } }

    func add(_ finding: Finding) {
        findings.append(finding)
        if !isJSON { say(finding.sentence) }
    }

    func note(_ text: String) {
        notes.append(text)
        if !isJSON { say(text) }
    }

    func fail(_ reason: String) {
        clear()
        Terminal.say("could not check: \(reason)")
    }

    func end() {
        clear()
        guard isJSON else {
            return Swift.print(
                isSound
                    ? "all that was looked at is sound"
                    : "\(findings.count) kinds of damage were found"
            )
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("sound", isSound)
            writer.field("quick", isQuick)
            writer.key("findings")
            writer.array(of: findings) { writer, finding in
                writer.object { writer in
                    writer.field("kind", finding.kind.rawValue)
                    writer.field("what", finding.kind.what)
                    writer.field("count", finding.count)
                    writer.field("example", finding.example)
                    writer.field("remedy", finding.kind.remedy.rawValue)
                }
            }
            writer.key("notes")
            writer.array(of: notes) { $0.value($1) }
        }
        Swift.print(writer.text)
    }

    private func say(_ line: String) {
        clear()
        Swift.print(line)
    }

    private func clear() { if isWatched { Terminal.update("") } }
}
