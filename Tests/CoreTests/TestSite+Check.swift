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

    /// All derived tables agree with the records.
    func expectSound(sourceLocation: SourceLocation = #_sourceLocation) throws {
        for quick in [false, true] {
            for finding in try findings(quick: quick) {
                Issue.record("\(finding.sentence)", sourceLocation: sourceLocation)
            }
        }
    }
}
