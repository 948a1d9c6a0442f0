import Core
import Foundation
import Logging

@testable import SiteGen

/// A store, its recorder and a folder for pages, in a temporary folder.
final class TestSite {
    let folder: URL
    let store: Store
    let recorder: Recorder
    var options: SiteOptions

    static let templates = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "site-templates").path

    /// `clock` says what time it is to the recorder.
    init(clock: @escaping @Sendable () -> Timestamp = Timestamp.now) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "lpr-\(UUID().uuidString)")
        guard let calendar = SiteCalendar(identifier: "Asia/Bangkok") else {
            throw Refusal(.fault, "no time zone Asia/Bangkok on this machine")
        }
        // Tests' reads are of fixed days, which would be those of a lost clock one day.
        var limits = Limits()
        limits.retentionDays = 0
        store = try Store(
            path: folder.appending(path: "test.db").path,
            calendar: calendar,
            limits: limits
        )
        let pictures = try PictureFolder(
            path: folder.appending(path: "images").path,
            calendar: calendar
        )
        recorder = try Recorder(
            store: store,
            pictures: pictures,
            feed: Feed(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: clock
        )
        options = SiteOptions(
            templatesPath: TestSite.templates,
            publicPath: folder.appending(path: "public").path
        )
        options.archivePageRecords = 10
        options.blacklistPageEntries = 3
    }

    func close() async throws {
        await recorder.stop()
        try store.close()
        try FileManager.default.removeItem(at: folder)
    }

    @discardableResult
    func generate(full: Bool = false, into name: String = "public") throws -> Generator.Outcome {
        var options = options
        options.publicPath = folder.appending(path: name).path
        return try Generator(store: store, options: options).generate(full: full)
    }

    /// A generator that continues from its cache, as a running service's does.
    func generator() -> Generator { Generator(store: store, options: options) }

    func settle() throws { try Generator(store: store, options: options).settle() }

    /// The files that an update or a full build writes, in order.
    func writesOfGenerating(full: Bool = false) throws -> [String] {
        var paths: [String] = []
        _ = try Generator(store: store, options: options).generate(
            with: Templates(path: options.templatesPath),
            full: full,
            onWrite: { paths.append($0) }
        )
        return paths
    }

    func read(
        _ plate: String,
        camera: String = "CAM001",
        seen: String?,
        received: Timestamp = .now(),
        location: Location = .unknown,
        eventID: String? = nil
    ) throws -> Read {
        try Read(
            cameraID: camera,
            plate: Plate(plate, limits: store.limits),
            confidence: Confidence(0.9),
            location: location,
            cameraTime: seen.flatMap(Timestamp.init(rfc3339:)),
            receivedAt: received,
            eventID: eventID,
            limits: store.limits
        )
    }

    func draft(_ plate: String, expiry: Timestamp? = nil) throws -> BlacklistDraft {
        try BlacklistDraft(
            plate: Plate(plate, limits: store.limits),
            reason: "stolen <b>\"car\"</b>",
            addedBy: nil,
            expiry: expiry.map { try Expiry($0.rfc3339, calendar: store.calendar) },
            notes: nil,
            limits: store.limits
        )
    }

    /// Every file of a folder of pages, hidden ones left out.
    func files(_ name: String = "public") throws -> [String: Data] {
        let root = folder.appending(path: name)
        var files: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: root.path)
        where !path.hasPrefix(".") {
            let url = root.appending(path: path)
            if (try? url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true {
                files[path] = try Data(contentsOf: url)
            }
        }
        return files
    }

    func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appending(path: "public/\(path)"), encoding: .utf8)
    }

    /// The full path of something in the site's temporary folder.
    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Puts a foreign file there.
    @discardableResult
    func put(_ text: String, _ name: String) throws -> URL {
        let url = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: url)
        return url
    }
}
