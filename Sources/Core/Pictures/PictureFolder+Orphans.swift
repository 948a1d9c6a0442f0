import Foundation

/// Orphans: pictures without a record, moved into a folder of their own under the same relative path, and not served.
extension PictureFolder {
    /// The folder of the orphans, below that of the pictures.
    public static let orphansFolder = "orphans"

    /// The file that names the judgement by which pictures were moved.
    private var judgementPath: String { "\(path)/\(Self.orphansFolder)/judged-by" }

    /// The judgement of the orphans; nil if there are none, or it is unknown.
    var judgement: String? {
        let text = try? String(contentsOfFile: judgementPath, encoding: .utf8)
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Stores the judgement of the orphans.
    func setJudgement(_ judgement: String) throws {
        guard FileManager.default.fileExists(atPath: "\(path)/\(Self.orphansFolder)") else {
            return
        }
        try judgement.write(toFile: judgementPath, atomically: true, encoding: .utf8)
    }

    /// The paths that records would have, of the orphans.
    func orphans() -> [String] {
        let files = FileManager.default.enumerator(atPath: "\(path)/\(Self.orphansFolder)")
        return files?.compactMap { $0 as? String }.filter(Self.isPicture) ?? []
    }

    /// Moves a picture without a record to the orphans.
    func moveAside(_ picture: String, at now: Timestamp) throws {
        let orphan = "\(Self.orphansFolder)/\(picture)"
        try makeFolders(orphan.prefix(Self.orphansFolder.utf8.count + 11))
        try DurableFile.move("\(path)/\(picture)", to: "\(path)/\(orphan)")
        // Retention of orphans counts from now.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: Double(now.milliseconds) / 1_000)],
            ofItemAtPath: "\(path)/\(orphan)"
        )
    }

    /// Restores an orphan that has a record after all.
    func moveBack(_ picture: String) throws {
        try makeFolders(picture.prefix(10))
        try DurableFile.move("\(path)/\(Self.orphansFolder)/\(picture)", to: "\(path)/\(picture)")
    }

    /// Removes orphans that were moved before an instant.
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

    /// Whether a path below the folder has the form of ``newPath(for:receivedAt:)``.
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
