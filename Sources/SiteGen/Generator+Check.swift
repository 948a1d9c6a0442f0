public import Core
import Foundation

extension Generator {
    /// Looks under the folder's lock after which the pages of pending events are not compared.
    private static let looksMax = 5
    /// Seconds between two of them: a publisher needs a moment.
    private static let secondsBetweenLooks = 0.5

    /// Compares the pages with a full build, byte for byte; nothing is written.
    ///
    /// Beside a running service pages come while others are compared. So what differs at the first look is looked at again
    /// with the folder's lock held, for which a publisher waits a moment. Only a page that differs then, or that no event
    /// since has touched, is damaged. `note` gets how many pages were not compared because they are still to be published.
    public func check(
        progress: (String) -> Void = { _ in },
        note: (String) -> Void = { _ in },
        found: (Finding) -> Void
    ) throws {
        let templates = try Templates(path: options.templatesPath)
        guard let state = SiteState(Output(comparing: options.publicPath)) else {
            return found(Finding(.pageMissing, example: "\(options.publicPath)/\(SiteState.path)"))
        }
        guard let first = try compareAll(templates, from: state, progress) else {
            let example = "made of another database, templates or options, or of forgotten events"
            return found(Finding(.pagesBehind, example: example))
        }
        var second = SecondLook()
        for look in 1...Self.looksMax {
            second = try lookAgain(templates, from: min(state.eventID, first.eventID))
            if second.isCurrent || look == Self.looksMax { break }
            Thread.sleep(forTimeInterval: Self.secondsBetweenLooks)
        }
        let untouched = first.output.differing.subtracting(second.touched)
        let damaged = untouched.union(second.isCurrent ? second.differing : [])
        let foreign = Set(try first.output.unwantedFiles()).subtracting(second.touched)
        report(damaged, foreign.union(second.isCurrent ? second.retired : []), found)
        if !second.isCurrent, !second.differing.isEmpty {
            note(
                "\(second.differing.count) pages are still to be published; they were not compared"
            )
        }
    }

    /// A full build that is compared instead of written; nil if the pages are to be made from scratch anyway.
    private func compareAll(
        _ templates: Templates,
        from state: SiteState,
        _ progress: (String) -> Void
    ) throws -> (output: Output, eventID: Int64)? {
        let output = Output(comparing: options.publicPath)
        let fingerprint = fingerprint(templates)
        var state = state
        // Whether pages are on disk is of no interest: they are looked at.
        state.boot = nil
        return try store.readAndWait { snapshot in
            let newest = try snapshot.newestEventID(of: Site.eventKinds)
            guard try canContinue(state, fingerprint, newest, in: snapshot) else { return nil }
            let build = build(snapshot, templates, output)
            try Site(build: build).makeAll(progress: progress)
            return (output, newest)
        }
    }

    /// A build without a cache.
    private func build(
        _ snapshot: any StoreSnapshot,
        _ templates: Templates,
        _ output: Output
    ) -> SiteBuild {
        let cache = BuildCache(fingerprint: fingerprint(templates))
        return SiteBuild(snapshot, options, templates, output, cache)
    }

    /// What an update says of the pages that events touched since the first look, or before it.
    private struct SecondLook {
        /// Whether the pages show the newest event, so that what differs is damaged.
        var isCurrent = false
        var touched: Set<String> = []
        var differing: Set<String> = []
        /// Pages that should be gone.
        var retired: Set<String> = []
    }

    private func lookAgain(_ templates: Templates, from eventID: Int64) throws -> SecondLook {
        let lock = try SiteFile.lock("\(options.publicPath)/\(Output.lockName)")
        defer { withExtendedLifetime(lock) {} }
        let output = Output(comparing: options.publicPath)
        let state = SiteState(output)
        return try store.readAndWait { snapshot in
            var look = SecondLook()
            let newest = try snapshot.newestEventID(of: Site.eventKinds)
            look.isCurrent = state?.eventID == newest
            guard eventID < newest else { return look }
            let build = build(snapshot, templates, output)
            try update(Site(build: build), from: eventID, in: snapshot)
            look.touched = output.wantedPaths
            look.differing = output.differing
            look.retired = output.retiredPaths
            look.touched.formUnion(look.retired)
            return look
        }
    }

    private func report(
        _ damaged: Set<String>,
        _ foreign: Set<String>,
        _ found: (Finding) -> Void
    ) {
        let missing = damaged.filter { !SiteFile.exists("\(options.publicPath)/\($0)") }
        let differing = damaged.subtracting(missing)
        for (kind, paths) in [
            (Finding.Kind.pageDiffers, differing), (.pageMissing, missing), (.pageForeign, foreign),
        ] {
            guard let first = paths.min() else { continue }
            let others = paths.sorted().dropFirst().prefix(9).joined(separator: ", ")
            found(
                Finding(
                    kind,
                    count: paths.count,
                    example: others.isEmpty ? first : "\(first), \(others)"
                )
            )
        }
    }
}
