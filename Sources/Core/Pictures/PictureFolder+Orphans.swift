import Foundation

/// Pictures that no record has: they are moved aside into a folder of their own, with their paths below it, and are
/// served to nobody.
extension PictureFolder {
    /// The folder of pictures that no record has, below that of the pictures.
    public static let orphansFolder = "orphans"

    /// Where it is written which database judged the orphans.
    private var judgementPath: String { "\(path)/\(Self.orphansFolder)/judged-by" }

    /// Which judgement the orphans are of; nil where there are none, or nobody knows.
    var judgement: String? {
        let text = try? String(contentsOfFile: judgementPath, encoding: .utf8)
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Notes which judgement the orphans are of.
    func setJudgement(_ judgement: String) throws {
        guard FileManager.default.fileExists(atPath: "\(path)/\(Self.orphansFolder)") else {
            return
        }
        try judgement.write(toFile: judgementPath, atomically: true, encoding: .utf8)
    }

    /// The paths that records would have, of the pictures that were moved aside.
    func orphans() -> [String] {
        let files = FileManager.default.enumerator(atPath: "\(path)/\(Self.orphansFolder)")
        return files?.compactMap { $0 as? String }.filter(Self.isPicture) ?? []
    }

    /// Moves a picture that no record has aside.
    func moveAside(_ picture: String, at now: Timestamp) throws {
        let orphan = "\(Self.orphansFolder)/\(picture)"
        try makeFolders(orphan.prefix(Self.orphansFolder.utf8.count + 11))
        try DurableFile.move("\(path)/\(picture)", to: "\(path)/\(orphan)")
        // From now on it is kept for some time.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: Double(now.milliseconds) / 1_000)],
            ofItemAtPath: "\(path)/\(orphan)"
        )
    }

    /// Moves a picture that a record has after all back to its place.
    func moveBack(_ picture: String) throws {
        try makeFolders(picture.prefix(10))
        try DurableFile.move("\(path)/\(Self.orphansFolder)/\(picture)", to: "\(path)/\(picture)")
    }

    /// Removes pictures that were moved aside before an instant.
    func removeOrphans(before instant: Timestamp) {
        let before = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
        for orphan in orphans().map({ "\(path)/\(Self.orphansFolder)/\($0)" }) {
            let attributes = try? FileManager.default.attributesOfItem(atPath: orphan)
            guard let moved = attributes?[.modificationDate] as? Date, moved < before else {
                continue
            }
            try? DurableFile.remove(orphan)
        }
    }

    /// Whether a path below the folder is one that ``newPath(for:receivedAt:)`` makes.
    static func isPicture(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.map(\.utf8.count).starts(with: [4, 2, 2]) else {
            return false
        }
        let name = parts[3].split(separator: ".", omittingEmptySubsequences: false)
        return parts[..<3].allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
            && name.count == 2 && name[0].utf8.count == 16
            && name.allSatisfy { $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } }
    }
}
