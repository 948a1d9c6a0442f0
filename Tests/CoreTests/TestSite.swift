import Foundation
import GRDB
import Logging

@testable import Core

/// A store with its recorder in a temporary folder, removed afterwards.
final class TestSite {
    let folder: URL
    let store: Store
    let pictures: PictureFolder
    let feed = Feed()
    let recorder: Recorder
    let calendar: SiteCalendar

    /// A new database may have smaller dedup segments than usual, and a salt that makes its hashes the same each time.
    init(
        limits: Limits = Limits(),
        folder: URL? = nil,
        recordsPerSegment: Int64? = nil,
        dedupSalt: String? = nil,
        database: String = "test.db",
        timeZone: String = "Asia/Bangkok",
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        clock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) throws {
        self.folder =
            folder
            ?? FileManager.default.temporaryDirectory.appending(path: "lpr-\(UUID().uuidString)")
        guard let calendar = SiteCalendar(identifier: timeZone) else {
            throw Refusal(.fault, "no time zone \(timeZone) on this machine")
        }
        self.calendar = calendar
        // Tests' reads are of fixed days, which would be those of a lost clock one day.
        var limits = limits
        if limits.retentionDays == Limits().retentionDays { limits.retentionDays = 0 }
        store = try Store(
            path: self.folder.appending(path: database).path,
            calendar: calendar,
            limits: limits
        )
        try store.pool.write { db in
            if let recordsPerSegment {
                try db.setMeta(DedupBuckets.recordsPerSegmentKey, "\(recordsPerSegment)")
            }
            if let dedupSalt { try db.setMeta(DedupIndex.saltKey, dedupSalt) }
        }
        pictures = try PictureFolder(
            path: self.folder.appending(path: "images").path,
            calendar: calendar
        )
        recorder = try Recorder(
            store: store,
            pictures: pictures,
            feed: feed,
            logger: logger,
            clock: clock
        )
    }

    /// A database without tables, of an SQLite that is set up as a store's.
    static func databaseInMemory() throws -> DatabaseQueue {
        _ = Store.isTuned
        return try DatabaseQueue()
    }

    /// A database in a file, of an SQLite that is set up as a store's.
    static func database(at path: String) throws -> DatabaseQueue {
        _ = Store.isTuned
        return try DatabaseQueue(path: path)
    }

    /// Stops the recorder and leaves everything as it is, for another start.
    func stop() async throws {
        await recorder.stop()
        try store.close()
    }

    /// Stops the recorder and removes the folder.
    func close() async throws {
        await recorder.stop()
        try store.close()
        try FileManager.default.removeItem(at: folder)
    }

    func read(
        _ plate: String = "กข 1234",
        camera: String = "CAM001",
        seen: String? = nil,
        eventID: String? = nil,
        confidence: Double? = 0.95,
        picture: [UInt8]? = nil,
        pictures: [ReadPicture] = [],
        location: Location = .unknown,
        receivedAt: Timestamp = .now()
    ) throws -> Read {
        let limits = store.limits
        return try Read(
            cameraID: camera,
            plate: Plate(plate, limits: limits),
            confidence: confidence.map { try Confidence($0) },
            picture: picture.map { try Picture($0, limits: limits) },
            pictures: pictures,
            location: location,
            cameraTime: seen.flatMap(Timestamp.init(rfc3339:)),
            receivedAt: receivedAt,
            eventID: eventID,
            limits: limits
        )
    }

    func draft(_ plate: String, expiry: String? = nil) throws -> BlacklistDraft {
        try BlacklistDraft(
            plate: Plate(plate, limits: store.limits),
            reason: "stolen",
            addedBy: "somchai",
            expiry: expiry.map { try Expiry($0, calendar: calendar) },
            notes: nil,
            limits: store.limits
        )
    }

    /// The smallest PNG there is.
    static let png: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0,
        0, 1,
        0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3A, 0x7E, 0x9B, 0x55, 0, 0, 0, 10, 0x49, 0x44, 0x41, 0x54,
        0x78,
        0x9C, 0x63, 0x60, 0, 0, 0, 2, 0, 1, 0x48, 0xAF, 0xA4, 0x71, 0, 0, 0, 0, 0x49, 0x45, 0x4E,
        0x44,
        0xAE, 0x42, 0x60, 0x82,
    ]
}
