import Foundation

/// The pictures on disk: `YYYY/MM/DD/<16 hex digits>.<kind>`, by the day of receipt.
///
/// Names are random: they reveal nothing of the plate and cannot be guessed.
public final class PictureFolder: Sendable {
    /// The path of the folder.
    public let path: String
    private let calendar: SiteCalendar

    /// The number of pictures that are synced one by one; beyond it the file system is synced once, which takes as
    /// long as three files.
    private static let singleSyncsMax = 2

    /// Opens the folder at a path; creates it if there is none.
    ///
    /// Throws if it cannot be created or written.
    public init(path: String, calendar: SiteCalendar) throws {
        self.path = path
        self.calendar = calendar
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard FileManager.default.isWritableFile(atPath: path) else {
            throw Refusal(.storage, "the folder for pictures, \(path), cannot be written")
        }
    }

    /// A new path, below the folder, for a picture received at an instant.
    func newPath(for kind: Picture.Kind, receivedAt: Timestamp) -> String {
        let name = String(UInt64.random(in: .min ... .max), radix: 16)
        let padded = String(repeating: "0", count: 16 - name.utf8.count) + name
        return "\(dayFolder(calendar.day(of: receivedAt)))/\(padded).\(kind.fileExtension)"
    }

    /// Drops synced pictures from the page cache: few of them are viewed soon, and they would evict the database and
    /// one another.
    ///
    /// A failure costs only speed.
    func dropPageCache(_ pictures: ArraySlice<String>) {
        for picture in pictures {
            guard let file = try? DurableFile.open("\(path)/\(picture)") else { continue }
            file.dropPageCache()
        }
    }

    /// Writes pictures; they are not durable yet.
    ///
    /// Throws if one cannot be written; then none is left behind.
    func write(_ pictures: [(path: String, picture: Picture)]) throws {
        do {
            for (path, picture) in pictures { try write(picture.bytes, to: path) }
        } catch {
            for (path, _) in pictures { try? DurableFile.remove("\(self.path)/\(path)") }
            throw error
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        do throws(SystemError) {
            _ = try DurableFile.create("\(self.path)/\(path)", bytes)
        } catch {
            // Only a day's first picture finds no folder; checking each time would cost three more calls.
            guard error.code == ENOENT else { throw error }
            try makeFolders(path.prefix(10))
            _ = try DurableFile.create("\(self.path)/\(path)", bytes)
        }
    }

    /// Returns once written pictures would survive a power cut.
    func synchronize(_ pictures: [String]) throws {
        guard pictures.count <= PictureFolder.singleSyncsMax else {
            return try DurableFile.folder(path).synchronizeFileSystem()
        }
        for picture in pictures { try DurableFile.open("\(path)/\(picture)").synchronize() }
        for folder in Set(pictures.map { $0.prefix(10) }) {
            try DurableFile.folder("\(path)/\(folder)").synchronize()
        }
    }

    /// Whether a picture's file holds these bytes.
    func holds(_ bytes: [UInt8], at path: String) -> Bool {
        FileManager.default.contents(atPath: "\(self.path)/\(path)").map { $0.elementsEqual(bytes) }
            ?? false
    }

    /// Removes a picture; succeeds if it is gone already.
    func remove(_ path: String) throws {
        try DurableFile.remove("\(self.path)/\(path)")
    }

    /// The space on the pictures' disk; nil if it is unknown.
    public var space: DiskSpace? { DurableFile.space(path) }

    /// The paths of a day's pictures; empty if the day has no folder.
    func pictures(of day: Day) -> [String] {
        let folder = dayFolder(day)
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []
        return names.map { "\(folder)/\($0)" }
    }

    private func dayFolder(_ day: Day) -> String {
        let bytes = day.description.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "/") : $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Creates a folder, as of year, month and day, with its parents; a new entry is synced in its parent.
    func makeFolders(_ folder: Substring) throws {
        var parent = path
        for part in folder.split(separator: "/") {
            let child = "\(parent)/\(part)"
            if try DurableFile.makeFolder(child) { try DurableFile.folder(parent).synchronize() }
            parent = child
        }
    }
}
