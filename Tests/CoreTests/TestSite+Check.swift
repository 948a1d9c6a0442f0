import GRDB
import Testing

@testable import Core

extension TestSite {
    /// What a check finds; of pictures only if asked, as those that a commit made superfluous go a little later.
    func findings(quick: Bool = false, pictures: Bool = false) throws -> [Finding] {
        var found: [Finding] = []
        try StoreCheck(
            store: store,
            picturesPath: pictures ? self.pictures.path : nil,
            pictureGraceSeconds: 0
        ).run(quick: quick) { found.append($0) }
        return found
    }

    /// All that is derived says what the records say.
    func expectSound(sourceLocation: SourceLocation = #_sourceLocation) throws {
        for quick in [false, true] {
            for finding in try findings(quick: quick) {
                Issue.record("\(finding.sentence)", sourceLocation: sourceLocation)
            }
        }
    }
}

extension Database {
    /// As ``TestSite/expectSound(sourceLocation:)``, of some kinds of damage only.
    func expectSound(
        _ kinds: Set<Finding.Kind>,
        limits: Limits = Limits(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let calendar = try #require(SiteCalendar(identifier: "Asia/Bangkok"))
        let snapshot = Snapshot(
            db: self,
            calendar: calendar,
            limits: limits,
            memory: SnapshotCache()
        )
        try StoreCheck.run(in: snapshot) { finding in
            guard kinds.contains(finding.kind) else { return }
            Issue.record("\(finding.sentence)", sourceLocation: sourceLocation)
        }
    }
}
