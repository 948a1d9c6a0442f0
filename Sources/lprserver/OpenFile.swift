import Foundation

/// An empty file that is there as long as clients on this machine need no credential.
enum OpenFile {
    /// Makes it or removes it.
    ///
    /// Throws if the folder does not allow that.
    static func set(_ isOpen: Bool, at path: String) throws {
        let files = FileManager.default
        if isOpen {
            try Data().write(to: URL(fileURLWithPath: path))
        } else if files.fileExists(atPath: path) {
            try files.removeItem(atPath: path)
        }
    }
}
