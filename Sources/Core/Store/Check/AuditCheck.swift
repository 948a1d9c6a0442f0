/// The chain of the audit (``AuditChain``).
enum AuditCheck {
    /// The newest entries that a quick check looks at.
    private static let quickEntries = 500

    static func run(_ run: CheckRun) throws {
        report(try AuditVerification.report(run.db) { run.progress("audit: \($0) entries") }, run)
    }

    static func quick(_ run: CheckRun) throws {
        report(try AuditVerification.ending(run.db, count: quickEntries), run)
    }

    private static func report(_ report: AuditReport, _ run: CheckRun) {
        guard let first = report.first else { return }
        run.findings.add(.audit, count: report.breaks, first.sentence)
    }
}
