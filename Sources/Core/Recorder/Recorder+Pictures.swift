import Logging

extension Recorder {
    /// Keeps the pictures of a batch on disk and returns where, for each work and each of its reads.
    ///
    /// Where the disk is full or fails, the reads are refused and taken out of the batch; the other
    /// changes stay.
    func keepPictures(of batch: inout [Work]) -> [[String?]] {
        do {
            if batch.contains(where: { $0.readCount > 0 }) { try refuseFullDisk() }
            var writes: [(path: String, picture: Picture)] = []
            let paths: [[String?]] = batch.map { work in
                guard case .reads(let offer) = work else { return [] }
                return offer.reads.map { read in
                    guard let picture = read.picture else { return nil }
                    let path = pictures.newPath(for: picture.kind, receivedAt: read.receivedAt)
                    writes.append((path, picture))
                    return path
                }
            }
            if !writes.isEmpty { try pictures.keep(writes) }
            return paths
        } catch {
            let refusal = (error as? Refusal) ?? storageRefusal(error)
            for work in batch where work.readCount > 0 { work.refuse(refusal) }
            batch.removeAll { $0.readCount > 0 }
            return batch.map { _ in [] }
        }
    }

    private func refuseFullDisk() throws(Refusal) {
        guard let space = pictures.space, space.free < store.limits.diskFreeMin else { return }
        throw Refusal(
            .storage,
            "the disk is nearly full (\(space.free / 1_048_576) MiB free); free some space or shorten"
                + " DATA_RETENTION_DAYS, then send it again"
        )
    }

    func remove(_ paths: [String]) {
        for path in paths {
            do {
                try pictures.remove(path)
            } catch {
                logger.warning("a picture was not removed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// After a crash: pictures that were written, but whose records were never committed.
    ///
    /// They can only be of the days on which something was written last.
    func removeOrphanedPictures(_ ledger: Ledger) throws {
        let today = store.calendar.day(of: ledger.now)
        let lastDay = try ledger.latestReceipt().map(store.calendar.day(of:)) ?? today
        for day in Set([lastDay, lastDay.adding(days: 1), today]) {
            let onDisk = pictures.pictures(of: day)
            guard !onDisk.isEmpty else { continue }
            let known = try ledger.pictures(receivedSince: store.calendar.start(of: day))
            remove(onDisk.filter { !known.contains($0) })
        }
    }
}
