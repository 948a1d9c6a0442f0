import ArgumentParser
import Core
import Foundation
import Platform
import SiteGen

/// `lprserver generate`.
struct Generate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Render the pages, with or without a running service.",
        discussion: """
            Renders what changed since the last run; with --full everything, from scratch. The folder can \
            be copied to a USB stick and browsed with no server: with --pictures, pictures too.
            """
    )

    @Flag(help: "Render everything from scratch and remove stale files.")
    var full = false

    @Option(help: "Write to this folder instead of PUBLIC_PATH.")
    var out: String?

    @Flag(help: "Copy the pictures into the folder as well.")
    var pictures = false

    @OptionGroup var flags: SettingFlags

    func run() async throws {
        let settings = try flags.load()
        if let reason = settings.missingDatabase { throw ValidationError(reason) }
        var options = settings.site
        if let out { options.publicPath = out }
        do {
            let store = try openStore(settings)
            let generator = Generator(store: store, options: options)
            let outcome = try generator.generate(full: full) { Terminal.update($0) }
            try generator.settle()
            Terminal.update(
                "\(outcome.isFull ? "everything" : "what changed") up to event \(outcome.eventID):"
                    + " \(outcome.written) files written, \(outcome.removed) removed,"
                    + " in \(options.publicPath)"
            )
            Terminal.say("")
            if pictures { try copyPictures(from: settings.picturesPath, to: options.publicPath) }
        } catch let error as Refusal {
            throw ValidationError(error.message)
        } catch let error where error is TemplateError || error is BuildError {
            throw ValidationError("\(error)")
        }
    }

    /// Opens the database; read-only if a service uses it.
    private func openStore(_ settings: Settings) throws -> Store {
        let composition = try Composition(settings)
        guard let lock = try ProcessLock.ifFree(databasePath: settings.databasePath) else {
            return try composition.store(besideService: true)
        }
        // Only opening it may write: a service can start while pages are rendered.
        defer { lock.release() }
        return try composition.store()
    }

    private func copyPictures(from source: String, to folder: String) throws {
        let target = "\(folder)/images"
        guard FileManager.default.fileExists(atPath: source) else { return }
        let paths = try FileManager.default.subpathsOfDirectory(atPath: source)
        for (index, path) in paths.enumerated()
        where !path.hasPrefix(PictureFolder.orphansFolder) {
            let copy = URL(fileURLWithPath: "\(target)/\(path)")
            var isFolder: ObjCBool = false
            // SAFETY: the flag is lent for the length of this call.
            _ = unsafe FileManager.default.fileExists(
                atPath: "\(source)/\(path)",
                isDirectory: &isFolder
            )
            if isFolder.boolValue || FileManager.default.fileExists(atPath: copy.path) { continue }
            try FileManager.default.createDirectory(
                at: copy.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try FileManager.default.copyItem(
                at: URL(fileURLWithPath: "\(source)/\(path)"),
                to: copy
            )
            if index % 500 == 0 { Terminal.update("pictures: \(index) of \(paths.count)") }
        }
        Terminal.say("pictures copied to \(target)")
    }
}
