import Foundation
import GRDB
import Synchronization
import Testing

@testable import Core

/// What one commit holds together: a change in it that is refused takes nothing of the others away.
@Suite struct SharedCommitTests {
    /// Does what `offers` offers in one commit: the writer is kept from taking any of it before all is there.
    private func inOneCommit(_ site: TestSite, _ offers: (Recorder) throws -> Void) async throws {
        let isReached = DispatchSemaphore(value: 0)
        let mayGoOn = DispatchSemaphore(value: 0)
        site.recorder.offer(change: { _ in
            isReached.signal()
            mayGoOn.wait()
        }) { (_: Result<Void, Refusal>) in }
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                isReached.wait()
                continuation.resume()
            }
        }
        try offers(site.recorder)
        mayGoOn.signal()
        // Comes after them.
        try await site.recorder.change { _ in }
    }

    private func total(_ plate: String, _ site: TestSite) async throws -> Int {
        var query = RecordQuery(perPage: 20)
        query.plate = .init(text: plate, match: .exact)
        let asked = query
        return try await site.store.read { try $0.records(asked) }.total
    }

    @Test func readsBesideARefusedChangeAreFoundAndCanBeDeleted() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(site.read("กข 1"))
        #expect(try await total("กข 1", site) == 1)
        let read = try site.read("กข 2")
        try await inOneCommit(site) { recorder in
            recorder.offer([read]) { _ in }
            recorder.offer(change: { try $0.deleteRecord(999, by: .system) }) { result in
                #expect(throws: Refusal.self) { try result.get() }
            }
        }
        #expect(try await total("กข 2", site) == 1)
        try await site.recorder.deleteRecord(id: 2, by: .system)
        #expect(try await total("กข 2", site) == 0)
        #expect(try await total("กข 1", site) == 1)
        try await site.close()
    }

    @Test func aPictureIsRemovedWithItsRecordWhateverIsRefusedBesideIt() async throws {
        let site = try TestSite()
        let receipt = try await site.recorder.record(site.read(picture: TestSite.png))
        try await inOneCommit(site) { recorder in
            recorder.offer(change: { try $0.deleteRecord(receipt.recordID, by: .system) }) {
                _ in
            }
            recorder.offer(change: { try $0.deleteRecord(999, by: .system) }) { _ in }
        }
        await site.recorder.stop()
        #expect(site.pictures.pictures(of: site.calendar.day(of: .now())).isEmpty)
        try await site.close()
    }

    /// Not even where its record was deleted before it was on disk, and something else was refused.
    @Test func noIDIsGivenTwiceInOneCommit() async throws {
        let site = try TestSite()
        let given = Mutex<[Int64]>([])
        let (first, second) = (
            try site.read("กข 1", eventID: "1"), try site.read("กข 2", eventID: "2")
        )
        try await inOneCommit(site) { recorder in
            recorder.offer([first]) { result in
                given.withLock { $0 += (try? result.get().map(\.recordID)) ?? [] }
            }
            recorder.offer(change: { try $0.deleteRecord(1, by: .system) }) { _ in }
            recorder.offer(change: { try $0.deleteRecord(999, by: .system) }) { _ in }
            recorder.offer([second]) { result in
                given.withLock { $0 += (try? result.get().map(\.recordID)) ?? [] }
            }
        }
        #expect(given.withLock { $0 } == [1, 2])
        #expect(try await total("กข 2", site) == 1)
        try await site.close()
    }

    /// The commit fails after it let the oldest records go: they are there again, and known.
    @Test func recordsThatAreNotDeletedAfterAllAreKnown() async throws {
        var limits = Limits()
        (limits.dedupMemtableMax, limits.recordsPerPlateCount) = (5, 1)
        let site = try TestSite(limits: limits, recordsPerSegment: 50)
        let reads = try (0..<200).map { try site.read(eventID: "\($0)") }
        _ = try await site.recorder.record(reads)
        try await site.recorder.change { writer in
            try writer.db.execute(
                sql: """
                    CREATE TRIGGER refusal BEFORE INSERT ON plate_records
                    BEGIN SELECT RAISE(ABORT, 'no'); END
                    """
            )
        }
        let more = try (0..<20).map { try site.read(eventID: "more-\($0)") }
        // What comes last may come into the commit that fails, or after it.
        try? await inOneCommit(site) { recorder in
            recorder.offer(change: { writer in
                _ = try writer.deleteRecords(
                    receivedBefore: Timestamp(milliseconds: .max),
                    limit: 120
                )
            }) { result in #expect(throws: Refusal.self) { try result.get() } }
            recorder.offer(more) { _ in }
        }
        try await site.recorder.change { try $0.db.execute(sql: "DROP TRIGGER refusal") }
        #expect(try await site.recorder.record(reads).allSatisfy(\.isDuplicate))
        try await site.close()
    }

    /// It is written where it changes only, which a refused change beside it makes forgotten.
    @Test func aCameraIsWhereItsLastReadSays() async throws {
        let site = try TestSite()
        func place(_ text: String) throws -> Location {
            try Location(text: text, latitude: 13, longitude: 100, limits: site.store.limits)
        }
        func expectAt(_ text: String) async throws {
            let location = try await site.store.read { try $0.cameras().map(\.location) }
            #expect(try location == [place(text)])
        }
        let (gate, yard) = try (place("gate"), place("yard"))
        for location in [gate, gate, yard, .unknown, gate] {
            _ = try await site.recorder.record(site.read(location: location))
        }
        try await expectAt("gate")
        let reads = try [yard, gate, yard, yard].map { try site.read(location: $0) }
        try await inOneCommit(site) { recorder in
            recorder.offer(Array(reads[..<3])) { _ in }
            recorder.offer(change: { try $0.deleteRecord(999, by: .system) }) { _ in }
            recorder.offer([reads[3]]) { _ in }
        }
        try await expectAt("yard")
        await site.recorder.stop()
        try site.store.close()
        let again = try TestSite(folder: site.folder)
        _ = try await again.recorder.record(again.read(location: yard))
        _ = try await again.recorder.record(again.read(location: gate))
        let location = try await again.store.read { try $0.cameras().map(\.location) }
        #expect(location == [gate])
        try await again.close()
    }

    /// Reads with pictures take longer than the disconnection of their camera.
    @Test func whatACameraSentBeforeItWentIsNoSignThatItIsThere() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(site.read())
        let late = try site.read("กข 2")
        while Timestamp.now() <= late.receivedAt { usleep(500) }
        try await site.recorder.disconnect(cameraID: late.cameraID)
        _ = try await site.recorder.record(late)
        #expect(
            try await site.store.read { try $0.statistics().cameras.map(\.isConnected) } == [false]
        )
        _ = try await site.recorder.record(site.read("กข 3"))
        #expect(
            try await site.store.read { try $0.statistics().cameras.map(\.isConnected) } == [true]
        )
        try await site.close()
    }
}
