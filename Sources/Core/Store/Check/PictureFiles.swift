import Foundation

/// Read-only access to picture files for a check.
struct PictureFiles {
    let path: String

    /// The state of a picture's file.
    enum State: Equatable {
        case whole
        case missing
        /// With the reason, to complete the sentence "the picture …".
        case damaged(String)
    }

    /// Whether there is a file.
    func exists(_ picture: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/\(picture)")
    }

    /// Looks at a picture's frame; most files are not read but for their first and last bytes.
    func state(of picture: String) -> State {
        let full = "\(path)/\(picture)"
        guard let file = FileHandle(forReadingAtPath: full) else {
            return exists(picture) ? .damaged("cannot be read") : .missing
        }
        defer { try? file.close() }
        guard let size = try? file.seekToEnd(), size > 0 else { return .damaged("is empty") }
        if (try? isFramed(file, size)) == true { return .whole }
        guard let bytes = FileManager.default.contents(atPath: full) else {
            return .damaged("cannot be read")
        }
        var limits = Limits()
        limits.pictureBytesMax = .max
        do throws(Refusal) {
            return try Picture([UInt8](bytes), limits: limits).damage.map(State.damaged) ?? .whole
        } catch {
            return .damaged("is not an image")
        }
    }

    private static let edgeBytes = 12

    /// Whether a file begins and ends as a whole picture of its kind does.
    private func isFramed(_ file: FileHandle, _ size: UInt64) throws -> Bool {
        try file.seek(toOffset: 0)
        let head = [UInt8](try file.read(upToCount: Self.edgeBytes) ?? Data())
        try file.seek(toOffset: size - min(size, UInt64(Self.edgeBytes)))
        let tail = [UInt8](try file.read(upToCount: Self.edgeBytes) ?? Data())
        if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            return tail.suffix(2).elementsEqual([0xFF, 0xD9])
        }
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            return tail.dropFirst(4).starts(with: "IEND".utf8)
        }
        if head.starts(with: "RIFF".utf8), head.count == Self.edgeBytes {
            return UInt64(Picture.littleEndian(head[4..<8])) + 8 <= size
        }
        return false
    }

    /// The folders of days, as paths below the folder: `2026/11/23`.
    func days() -> [String] {
        folders(in: "", digits: 4).flatMap { year in
            folders(in: year, digits: 2).flatMap { folders(in: $0, digits: 2) }
        }
    }

    private func folders(in folder: String, digits: Int) -> [String] {
        names(in: folder)
            .filter { $0.utf8.count == digits && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
            .sorted().map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
    }

    /// What lies in a folder below the folder; hidden files are not of the service.
    func names(in folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")
        return (names ?? []).filter { !$0.hasPrefix(".") }
    }

    /// A file's modification time; nil if it is gone.
    func modified(_ picture: String) -> Date? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(picture)")
        return attributes?[.modificationDate] as? Date
    }
}
