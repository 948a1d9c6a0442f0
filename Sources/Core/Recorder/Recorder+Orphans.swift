import Logging

/// Pictures that a crash left: they were written, but their records were never committed.
extension Recorder {
    /// At the start: moves pictures that no record has aside, and those back that one has after all.
    ///
    /// A crash's pictures can only be of the days on which something was written last, as whatever time zone named
    /// them. Nothing is removed: the database may be an older one than that which the pictures belong to, or another.
    func moveOrphansAside(_ writer: StoreWriter) throws {
        // A database without records knows nothing: a wrong path, or one that was just made.
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
        move(orphans, "pictures without a record were moved aside", pictures.moveAside)
        if !orphans.isEmpty { try judge(writer) }
    }

    /// Whether so many pictures without a record can be what a crash left.
    ///
    /// That is what waited; where nothing of the day is known, a moment's.
    private func isCrash(unknown: Int, kept: Int) -> Bool {
        unknown <= (kept > 0 ? store.limits.queueReadsMax : Limits.orphansOfUnknownDayMax)
    }

    /// The days on which instants fall in any time zone.
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

    /// Where another database, or a backup, moved pictures aside last.
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

    /// Notes on both sides that this database, as it is, has judged the orphans.
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
