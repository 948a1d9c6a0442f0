import Foundation
import GRDB
import Seeded
import Testing

@testable import Core

/// Several pictures of a read, and those that come later.
@Suite struct PictureTests {
    private func picture(_ number: UInt8) throws -> Picture {
        try Picture(TestSite.png + [number], limits: Limits())
    }

    private func files(_ site: TestSite) throws -> Set<String> {
        Set(
            try FileManager.default.subpathsOfDirectory(atPath: site.pictures.path)
                .filter { $0.hasSuffix(".png") }
        )
    }

    private func record(_ id: Int64, in site: TestSite) throws -> Core.Record {
        try #require(try site.store.readAndWait { try $0.record(id: id) })
    }

    @Test func allPicturesOfAReadAreKeptAndGoWithIt() async throws {
        let site = try TestSite()
        let read = try site.read(
            eventID: "1",
            pictures: [
                ReadPicture(picture(1)), ReadPicture(picture(2), showing: .plate),
                ReadPicture(picture(3), showing: .scene), ReadPicture(picture(4), showing: .plate),
            ]
        )
        let id = try await site.recorder.record(read).recordID
        let kept = try record(id, in: site)
        #expect(kept.pictures.map(\.subject) == [.image, .scene, .plate])
        #expect(kept.pictures.first?.path == kept.picturePath)
        for (picture, number) in zip(kept.pictures, [1, 3, 2] as [UInt8]) {
            #expect(try site.pictures.holds(self.picture(number).bytes, at: picture.path))
        }
        #expect(try files(site) == Set(kept.pictures.map(\.path)))
        // Sent again: the new files go.
        #expect(try await site.recorder.record(read).isDuplicate)
        await site.recorder.stop()
        #expect(try files(site) == Set(kept.pictures.map(\.path)))
        try site.store.close()

        let again = try TestSite(folder: site.folder)
        #expect(try files(again) == Set(kept.pictures.map(\.path)), "taken for orphans")
        try await again.recorder.deleteRecord(id: id, by: .system)
        await again.recorder.stop()
        #expect(try files(again).isEmpty)
        #expect(
            try await again.store.pool.read {
                try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM pictures")
            }
                == 0
        )
        try again.store.close()
        try FileManager.default.removeItem(at: site.folder)
    }

    @Test func aReadWithOnePictureHasNoRowOfItsOwn() async throws {
        let site = try TestSite()
        let id = try await site.recorder.record(site.read(picture: TestSite.png)).recordID
        #expect(try record(id, in: site).pictures.isEmpty)
        #expect(!(try record(id, in: site).json.contains("pictures")))
        try await site.close()
    }

    @Test func aPictureMayComeLaterAndIsTold() async throws {
        let site = try TestSite()
        let id = try await site.recorder.record(site.read(seen: "2026-01-01T00:00:00Z")).recordID
        let before = try site.store.readAndWait { try $0.newestEventID() }
        let plate = ReadPicture(try picture(1), showing: .plate)
        #expect(try await site.recorder.add(plate, toRecord: id))
        #expect(try await !site.recorder.add(plate, toRecord: id), "the same again is no other one")
        let other = ReadPicture(try picture(2), showing: .plate)
        let refusal = await #expect(throws: Refusal.self) {
            try await site.recorder.add(other, toRecord: id)
        }
        #expect(refusal?.code == "picture_exists")
        let kept = try record(id, in: site)
        #expect(kept.picturePath != nil, "the first picture is the main one")
        #expect(kept.pictures == [KeptPicture(.plate, kept.picturePath ?? "")])
        #expect(try await site.recorder.add(ReadPicture(picture(3), showing: .scene), toRecord: id))
        #expect(try record(id, in: site).picturePath == kept.picturePath)
        #expect(try await site.recorder.add(ReadPicture(picture(4)), toRecord: id))
        let main = try record(id, in: site)
        #expect(main.pictures.map(\.subject) == [.image, .scene, .plate])
        #expect(main.picturePath == main.pictures.first?.path)
        let unknown = await #expect(throws: Refusal.self) {
            try await site.recorder.add(other, toRecord: id + 1)
        }
        #expect(unknown?.kind == .notFound)

        let events = try site.store.readAndWait {
            try $0.events(after: before, limit: 10, kinds: Set(Event.Kind.allCases), cameraID: nil)
        }
        #expect(events.map(\.kind) == [.stats, .stats, .stats])
        #expect(events.allSatisfy { $0.subject == id && $0.json.contains("picture_added") })
        let changes = try site.store.readAndWait { try $0.changes(after: before, limit: 10) }
        #expect(changes.corrected == [id])
        #expect(changes.rewrittenDays.isEmpty && changes.kinds == [.read])
        #expect(changes.earliest.count == 1)
        await site.recorder.stop()
        #expect(try files(site).count == 3)
        try site.store.close()
        try FileManager.default.removeItem(at: site.folder)
    }

    @Test func aDamagedPictureThatComesLaterIsFlagged() async throws {
        let site = try TestSite()
        let id = try await site.recorder.record(site.read()).recordID
        let damaged = try Picture(
            [0xFF, 0xD8, 0xFF] + [UInt8](repeating: 0, count: 30),
            limits: Limits()
        )
        for subject in [PictureSubject.image, .plate] {
            #expect(
                try await site.recorder.add(ReadPicture(damaged, showing: subject), toRecord: id)
            )
        }
        let warnings = try JSONParser.parse(Array((try record(id, in: site).warnings ?? "").utf8))
        guard case .array(let list) = warnings else {
            Issue.record("no warnings")
            return
        }
        #expect(list.map { $0["field"] } == [.string("image"), .string("plate")])
        #expect(list.allSatisfy { $0["code"] == .string("damaged") })
        try await site.close()
    }

    @Test func aReadIsFoundByItsEventID() async throws {
        let site = try TestSite()
        let id = try await site.recorder.record(site.read(camera: "C", eventID: "e 1")).recordID
        #expect(try await site.recorder.recordID(cameraID: "C", eventID: "e 1") == id)
        for (camera, event) in [("C", "e 2"), ("D", "e 1")] {
            let refusal = await #expect(throws: Refusal.self) {
                try await site.recorder.recordID(cameraID: camera, eventID: event)
            }
            #expect(refusal?.kind == .notFound)
        }
        try await site.close()
    }

    /// Any order of reads, pictures, repetitions and deletions: files and records name the same pictures.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func filesAndRecordsNameTheSamePictures(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let site = try TestSite()
        var ids: [Int64] = []
        for step in 0..<40 {
            let pictures = try PictureSubject.allCases.shuffled(using: &random)
                .prefix(Int.random(in: 0...4, using: &random))
                .map { ReadPicture(try picture(UInt8(step)), showing: $0) }
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where !ids.isEmpty:
                let id = ids.remove(at: Int.random(in: 0..<ids.count, using: &random))
                try await site.recorder.deleteRecord(id: id, by: .system)
            case 1, 2:
                for picture in pictures {
                    guard let id = ids.randomElement(using: &random) else { continue }
                    _ = try? await site.recorder.add(picture, toRecord: id)
                }
            default:
                let event = "\(Int.random(in: 0..<10, using: &random))"
                let receipt = try await site.recorder.record(
                    site.read(eventID: event, pictures: pictures)
                )
                if !receipt.isDuplicate { ids.append(receipt.recordID) }
            }
        }
        await site.recorder.stop()
        var named: Set<String> = []
        for id in ids {
            let kept = try record(id, in: site)
            named.formUnion(kept.pictures.map(\.path) + [kept.picturePath].compactMap { $0 })
        }
        #expect(try files(site) == named)
        try site.store.close()
        try FileManager.default.removeItem(at: site.folder)
    }
}
