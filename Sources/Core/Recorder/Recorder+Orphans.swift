import Logging

/// Orphans: pictures that were written, but whose records were never committed because of a crash.
extension Recorder {
    /// At the start, moves pictures without a record aside, and restores those that have one after all.
    ///
    /// Pictures of a crash can only be of the last days on which something was written, as any time zone names them.
    /// Nothing is removed: the pictures may belong to a newer version of the database, or to another one.
    func moveOrphansAside(_ writer: StoreWriter) throws {
        // A database without records judges nothing: its path may be wrong, or it is new.
        guard let latest = try writer.latestReceipt() else { return }
        let judgement = try writer.judgementOfPictures()
        if pictures.judgement == nil || pictures.judgement != judgement {
            try moveOrphansBack(writer)
        }
        var (orphans, strangers) = ([] as [String], 0)
        for day in lastDays([latest, writer.now]) {
            let found = pictures.pictures(of: day).filter(PictureFolder.isPicture)
            guard !found.isEmpty else { continue }
            let kept = try writer.picturesKept(among: found)
            let unknown = found.filter { !kept.contains($0) }
            if isCrash(unknown: unknown.count, kept: kept.count) {
                orphans += unknown
            } else {
                strangers += unknown.count
            }
        }
        if strangers > 0 {
            logger.warning(
                "pictures without a record stay in place: does DATABASE_URL name their database?",
                metadata: ["pictures": "\(strangers)", "folder": "\(pictures.path)"]
            )
        }
        move(orphans, "pictures without a record were moved aside") {
            try pictures.moveAside($0, at: writer.now)
        }
        if !orphans.isEmpty { try judge(writer) }
    }

    /// Whether so many pictures without a record can be the result of a crash.
    ///
    /// At most what was queued; if no picture of the day is known, those of a moment.
    private func isCrash(unknown: Int, kept: Int) -> Bool {
        unknown <= (kept > 0 ? store.limits.queueReadsMax : Limits.orphansOfUnknownDayMax)
    }

    /// The days of some instants in any time zone.
    private func lastDays(_ instants: [Timestamp]) -> [Day] {
        let zones = [-12, 0, 14].map { hours in
            instants.map {
                Day(
                    daysSinceEpoch: Int(
                        ($0.adding(seconds: hours * 3_600)).milliseconds / 86_400_000
                    )
                )
            }
        }
        return Set(zones.joined()).sorted()
    }

    /// Restores pictures that another database, or a backup, moved aside.
    private func moveOrphansBack(_ writer: StoreWriter) throws {
        let orphans = pictures.orphans()
        guard !orphans.isEmpty else { return }
        let kept = try writer.picturesKept(among: orphans)
        move(
            kept.sorted(),
            "pictures that were moved aside are restored: records refer to them",
            pictures.moveBack
        )
        try judge(writer)
    }

    /// Stores on both sides that this database, in this state, has judged the orphans.
    private func judge(_ writer: StoreWriter) throws {
        let judgement = String(UInt64.random(in: .min ... .max), radix: 16)
        try writer.commit { try $0.setJudgementOfPictures(judgement) }
        try pictures.setJudgement(judgement)
    }

    private func move(_ paths: [String], _ message: Logger.Message, _ body: (String) throws -> Void)
    {
        guard !paths.isEmpty else { return }
        var failure: (any Error)?
        var count = 0
        for path in paths {
            do {
                try body(path)
                count += 1
            } catch {
                failure = error
            }
        }
        logger.notice(message, metadata: ["pictures": "\(count)", "folder": "\(pictures.path)"])
        guard let failure else { return }
        logger.warning(
            "pictures could not be moved",
            metadata: ["pictures": "\(paths.count - count)", "error": "\(failure)"]
        )
    }
}
