import ArgumentParser
import Core
import Foundation
import Platform

/// `lprserver audit`.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look after the audit: who did and asked what.",
        subcommands: [AuditVerify.self]
    )
}

/// `lprserver audit verify`.
struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify that no entry of the audit was changed, added or removed.",
        discussion: """
            Each entry has a digest over itself and the entry before it. This computes all of them again, \
            says the first place where one does not fit and what that means, and prints the newest digest. \
            Keep that elsewhere, for example on paper: a user who can write to the database file can make a new \
            chain, but none that has the digest you kept. It reads only and may run beside the service.

            Exit codes: 0 the chain is whole, 1 it is broken, 2 it could not be verified.

            Examples:
              lprserver audit verify
              lprserver audit verify --digest 5f0c…    is what I kept a month ago still in it?
            """
    )

    @Option(help: "A digest that was printed before, which must be in the chain.")
    var digest: String?

    @Flag(help: "The result as JSON.")
    var json = false

    @OptionGroup var flags: SettingFlags

    private static let broken = ExitCode(1)
    private static let unverified = ExitCode(2)

    func run() async throws {
        let settings = try flags.load()
        let report: AuditReport
        do {
            report = try verify(settings)
        } catch {
            Terminal.say("could not verify: \((error as? Refusal)?.message ?? "\(error)")")
            throw AuditVerify.unverified
        }
        print(json ? AuditVerify.json(of: report) : AuditVerify.text(of: report))
        if !report.isSound { throw AuditVerify.broken }
    }

    private func verify(_ settings: Settings) throws -> AuditReport {
        if let reason = settings.missingDatabase { throw Refusal(.invalid, reason) }
        let store = try Composition(settings).store(besideService: true)
        let isWatched = isatty(STDERR_FILENO) == 1
        let report = try store.verifyAudit(containing: digest) { entries in
            if isWatched { Terminal.update("verified \(entries) entries") }
        }
        if isWatched { Terminal.update("") }
        try store.close()
        return report
    }

    private static func text(of report: AuditReport) -> String {
        var lines: [String] = []
        if let first = report.first {
            lines.append("BROKEN: \(first.sentence)")
            if report.breaks > 1 { lines.append("and \(report.breaks - 1) more places") }
        } else {
            lines.append("the audit is whole")
        }
        let times = [report.oldest, report.newest].compactMap { $0?.rfc3339 }
        lines.append(
            "entries: \(report.entries)"
                + (times.count == 2 ? ", from \(times[0]) to \(times[1])" : "")
        )
        if report.removedThrough > 0 {
            lines.append("retention removed those up to \(report.removedThrough)")
        }
        lines.append("newest entry: \(report.newestID)")
        lines.append("newest digest: \(report.digest)")
        return lines.joined(separator: "\n")
    }

    private static func json(of report: AuditReport) -> String {
        var writer = JSONWriter()
        report.write(to: &writer)
        return writer.text
    }
}
