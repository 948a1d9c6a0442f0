import Crypto
import Logging

extension Recorder {
    /// Writes pictures and passes their reads to the sync stage, until the queue is closed.
    func writePictures() {
        while let batch = queue.take(.pictures) {
            do {
                try refuseFullDisk()
                queue.pass(try writePictures(of: batch), of: batch, after: .pictures)
            } catch {
                let refusal = (error as? Refusal) ?? storageRefusal(error)
                for work in batch { work.refuse(refusal) }
                queue.pass([], of: batch, after: .pictures)
            }
        }
    }

    /// Returns the reads with their pictures in files instead of in memory; on an error no file is left.
    private func writePictures(of batch: [WriteJob]) throws -> [WriteJob] {
        var writes: [(path: String, picture: Picture)] = []
        let written = batch.map { work in
            work.withPictures { picture, receivedAt in
                let path = pictures.newPath(for: picture.kind, receivedAt: receivedAt)
                writes.append((path, picture))
                // Computed off the writer's thread: it is stored in the same commit as the record.
                return WrittenPicture(path: path, digest: Array(SHA256.hash(data: picture.bytes)))
            }
        }
        try pictures.write(writes)
        return written
    }

    /// Pictures that stay in the page cache once they are on disk: the newest are the ones that are viewed.
    private static let picturesInMemory = 256

    /// Syncs pictures and passes their reads to the writer, until no more are written.
    func syncPictures() {
        var inMemory: [String] = []
        while let batch = queue.take(.sync) {
            let paths = batch.flatMap(\.picturePaths)
            do {
                try pictures.synchronize(paths)
                queue.pass(batch, of: batch, after: .sync)
                inMemory += paths
                let surplus = inMemory.count - Recorder.picturesInMemory
                if surplus > 0 {
                    pictures.dropPageCache(inMemory[..<surplus])
                    inMemory.removeFirst(surplus)
                }
            } catch {
                let refusal = storageRefusal(error)
                for work in batch { abandon(work, refusal) }
                queue.pass([], of: batch, after: .sync)
            }
        }
    }

    /// Refuses a batch's reads if the disk is nearly full; its other changes stay.
    func refuseReadsOnFullDisk(_ batch: inout [WriteJob]) {
        guard batch.contains(where: { $0.readCount > 0 }) else { return }
        do throws(Refusal) {
            try refuseFullDisk()
        } catch {
            for work in batch where work.readCount > 0 { abandon(work, error) }
            batch.removeAll { $0.readCount > 0 }
        }
    }

    /// Refuses work and removes its pictures.
    func abandon(_ work: WriteJob, _ refusal: Refusal) {
        remove(work.picturePaths)
        work.refuse(refusal)
    }

    /// The space for reads: that of the file system of pictures or database with less free.
    public var space: DiskSpace? {
        guard let database = DurableFile.space(store.path) else { return pictures.space }
        guard let pictures = pictures.space else { return database }
        return pictures.free < database.free ? pictures : database
    }

    /// Throws the refusal of reads while less than `DISK_FREE_MIN` is free.
    public func refuseFullDisk() throws(Refusal) {
        guard let space, space.free < store.limits.diskFreeMin else { return }
        throw Refusal(
            .storage,
            "the disk is nearly full (\(space.free / 1_048_576) MiB free); free some space or shorten"
                + " DATA_RETENTION_DAYS, then send it again",
            code: "disk_full"
        )
    }

    func remove(_ paths: [String]) {
        for path in paths {
            do {
                try pictures.remove(path)
            } catch {
                logger.warning("a picture could not be removed", metadata: ["error": "\(error)"])
            }
        }
    }
}
